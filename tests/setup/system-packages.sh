#!/usr/bin/env bash
# Makes sure that what the tests need from the system is there: Chromium (the browser lane, and SwiftShader, the software
# GPU that it ships), the Vulkan loader (through which Node reaches SwiftShader), and Cyclone DDS and Fast DDS with compilers
# for C and C++ (the second opinion on messages of ROS 2, and the peers of its wire), and the tools that judge and read our DICOM
# files: dicom3tools, dcmtk, gdcm, plastimatch, pydicom, dicompyler-core and the archive Orthanc. Installs them where it may.
set -euo pipefail

missing=()
[ -x /usr/bin/chromium ] || missing+=(chromium)
[ -e /usr/lib/chromium/vk_swiftshader_icd.json ] || [[ " ${missing[*]-} " == *" chromium "* ]] || missing+=(chromium)
ldconfig -p 2>/dev/null | grep -q 'libvulkan\.so\.1' || [ -e /usr/lib/x86_64-linux-gnu/libvulkan.so.1 ] ||
  [ -e /usr/lib/aarch64-linux-gnu/libvulkan.so.1 ] || missing+=(libvulkan1)
{ [ -x /usr/bin/idlc ] && [ -e /usr/include/dds/ddsi/ddsi_cdrstream.h ]; } || missing+=(cyclonedds-dev cyclonedds-tools)
[ -e /usr/include/fastdds/dds/domain/DomainParticipant.hpp ] || missing+=(libfastrtps-dev)
[ -e /usr/include/fastcdr/Cdr.h ] || missing+=(libfastcdr-dev)
command -v gcc >/dev/null || missing+=(gcc libc6-dev)
command -v g++ >/dev/null || missing+=(g++)
command -v dciodvfy >/dev/null || missing+=(dicom3tools)
command -v dcmdump >/dev/null || missing+=(dcmtk)
command -v gdcminfo >/dev/null || missing+=(libgdcm-tools)
command -v plastimatch >/dev/null || missing+=(plastimatch)
[ -x /usr/sbin/Orthanc ] || missing+=(orthanc)
[ -e /usr/share/orthanc/plugins/libOrthancDicomWeb.so ] || missing+=(orthanc-dicomweb)
[ -d /usr/lib/python3/dist-packages/pydicom ] || missing+=(python3-pydicom)
[ -d /usr/lib/python3/dist-packages/dicompylercore ] || missing+=(python3-dicompylercore)
[ ${#missing[@]} -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${missing[*]} for the tests"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  exit 0
fi

cat >&2 <<EOF
The tests need packages of the system that are not installed: ${missing[*]}
On Debian 12 or later:  sudo apt-get install ${missing[*]}
Then run npm test again.
EOF
exit 1
