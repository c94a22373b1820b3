/**
 * The words that names of structures are made of: after AAPM TG-263 (Mayo 2018), with the targets of ICRU 83 and what
 * planning systems add. Anything else in a name may be about a person.
 */
const WORDS = new Set(
  `a ab abdomen acetabulum adrenal air airway all ant anterior anus aorta apex arm arteria artery asc atrium auditory avoid
  avoidance axilla bag base basis bb bile bladder blood body bolus bone bones boost bowel brachial brachialplexus brain brainstem
  breast bronchus buccal bulb canal cardiac carina carotid cartilage cauda caudal cavity cavitysurg celiac cerebellum cerebrum cervical
  cervix chest chestwall chiasm clavicle clin cochlea colon common cone constrictor contour contra core cornea couch cranial
  cricoid crico crop cropped ctv cutout cw d desc descending dose duct duodenum ear elbow elective envelope esophagus eval expand
  ext external eye eyes femoral femur fiducial fiducials forearm frontal gallbladder genitals gland glnd glottis glottic gluteus greatvessel
  greatvessels gross gtv hand hard head heart high hilum hip hippocampus hot humerus hyoid hypo hypothalamus icrus igtv iliac
  ileum imn in inf inferior inguinal inhale inner int intermediate internal ipsi itv jejunum joint kidney knee l lacrimal lad larynx
  left lens level lips liver lobe low lower lumbar lung lungs lymph main mandible margin marker markers mask mass mastoid maxilla mediastinum
  med medial mid middle minus muscle musc n nasal nasopharynx neck nerve node nodes nodal norm normal nose not occipital opt optic
  oral oropharynx orbit organ other out outer ovary oar p palate pancreas parotid pelvic pelvis penile penis pericardium pharynx
  pharynxconst phantom pituitary plan planning plexus possible post posterior prostate prox proximal prv ptv pubis pulmonary r ray rectal rectum
  region renal retina rib ribs right ring robust s sacrum scapula scar sclav seminal seminalves sib sigmoid sinus skin skull small soft
  spc space spinal spinalcord spinalcanal spine spleen sternum stomach structure sub subglottis submand submandibular submandibulars
  sup superior supraglottis surface symphysis table target temporal temporomandibular testis thalamus thecal thigh thoracic thorax throat thyroid
  tissue tm tmj tongue tonsil total trachea trigone trunk tumor tumour tuning upper ureter urethra uterus vagina valve vein vena vertebra
  vertebrae vessel vessels vb vitreous volume vulva wall water whole x y z cm mm gy cgy pct
  bowels cochleas femurs hippocampi kidneys lenses breasts parotids rectumwall bladderwall femoralhead femhead femheadneck head_neck
  leftparotid rightparotid leftsubmandibular rightsubmandibular outertarget innertarget cervicalcord planptv opticnrv opticchiasm nrv chiasma
  adr bsm cord esoph musc const hn proc subset upto cshape multitarget outer corestructure bodycontour lt rt lft rgt ptvp ptvn ctvp
  ctvn gtvp gtvn ptvs`
    .split(/\s+/)
    .filter((word) => word !== ''),
);

/**
 * Whether a name is made of words of anatomy and planning only, with numbers of at most four digits: `Parotid_L`,
 * `PTV_High-5400`, `SpinalCord PRV05`.
 */
export function isProtocolName(name: string): boolean {
  if (name.length > 64 || !/^[A-Za-z0-9 _.+\-^!~()/%]+$/.test(name) || /\d{5}/.test(name)) return false;
  const words = name.split(/[^A-Za-z]+/).filter((word) => word !== '');
  return words.length > 0 && words.every(isKnown);
}

function isKnown(word: string): boolean {
  if (WORDS.has(word.toLowerCase())) return true;
  const pieces = word.split(/(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/);
  return pieces.length > 1 && pieces.every((piece) => WORDS.has(piece.toLowerCase()));
}
