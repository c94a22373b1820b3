# Doses of structures by dicompyler-core, one JSON object by structure: mean, D98, D50 and D2 [Gy], volume [cm^3].
import json
import sys

from dicompylercore import dicomparser, dvhcalc

structures = dicomparser.DicomParser(sys.argv[1])
out = {}
for number, roi in structures.GetStructures().items():
    dvh = dvhcalc.get_dvh(sys.argv[1], sys.argv[2], number)
    if dvh.volume == 0:
        continue
    out[roi["name"]] = {
        "volumeCc": float(dvh.volume),
        "mean": float(dvh.mean),
        "D98": float(dvh.D98.value),
        "D50": float(dvh.D50.value),
        "D2": float(dvh.D2.value),
    }
print(json.dumps(out))
