/** Of the page, on screen and on A4; black on white. */
export function reportStyle(patient: string): string {
  return `
@page { size: A4; margin: 17mm 15mm 17mm;
  @top-left { content: ${cssText(`isocenter · patient ${patient}`)}; font: 8pt system-ui, sans-serif; color: #333; }
  @top-right { content: "Research use, not clinical use"; font: 8pt system-ui, sans-serif; color: #333; }
  @bottom-right { content: "Page " counter(page) " of " counter(pages); font: 8pt system-ui, sans-serif; color: #333; } }
* { box-sizing: border-box; }
html { background: #fff; color: #000; font: 10.5pt/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif; font-variant-numeric: tabular-nums; }
body { max-width: 180mm; margin: 10mm auto; padding: 0 4mm; overflow-wrap: anywhere; }
h1 { font-size: 18pt; line-height: 1.2; margin: 0 0 1mm; font-weight: 600; }
h2 { font-size: 12.5pt; margin: 8mm 0 2mm; padding-bottom: 1mm; border-bottom: .6pt solid #000; font-weight: 600; break-after: avoid; }
h3 { font-size: 10.5pt; margin: 4mm 0 1mm; font-weight: 600; break-after: avoid; }
p { margin: 0 0 2mm; }
.notice { border: .9pt solid #000; padding: 1.5mm 3mm; margin: 3mm 0 4mm; font-weight: 600; }
.small { font-size: 9pt; }
table { border-collapse: collapse; width: 100%; font-size: 9pt; line-height: 1.3; }
thead { display: table-header-group; }
th { text-align: left; font-weight: 600; border-bottom: .6pt solid #000; vertical-align: bottom; }
th, td { padding: .7mm 1.6mm .7mm 0; }
td { border-bottom: .3pt solid #bbb; vertical-align: top; }
th.n, td.n { text-align: right; white-space: nowrap; }
.inputs td:first-child, .goals td:last-child { white-space: nowrap; }
td.line { white-space: nowrap; width: 16mm; }
tr { break-inside: avoid; }
dl { display: grid; grid-template-columns: 45mm 1fr; margin: 0; font-size: 9.5pt; }
dt, dd { margin: 0; padding: .5mm 0; border-bottom: .3pt solid #ddd; }
dt { padding-right: 3mm; }
ul { margin: 0; padding-left: 5mm; font-size: 9.5pt; }
.fail { font-weight: 700; }
figure { margin: 2mm 0 3mm; break-inside: avoid; }
figcaption { font-size: 9pt; margin-top: .8mm; }
svg.figure { display: block; max-width: 100%; height: auto; font-family: system-ui, "Liberation Sans", "DejaVu Sans", sans-serif; }
svg .on-line { paint-order: stroke; stroke: #fff; stroke-width: 3px; stroke-linejoin: round; }
.pair { display: flex; gap: 4mm; align-items: flex-start; break-inside: avoid; }
.axial { display: flex; gap: 5mm; align-items: flex-start; break-inside: avoid; }
.axial figure { flex: 0 1 auto; }
.axial table { flex: 1 0 40mm; width: auto; margin-top: 2mm; }
.pair figure { flex: 1 1 0; min-width: 0; }
.planes { break-before: page; }
code { font: 8pt/1.35 ui-monospace, "Liberation Mono", "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.sign { display: grid; grid-template-columns: 1fr 1fr 34mm; gap: 12mm 6mm; margin-top: 14mm; break-inside: avoid; }
.sign div { border-top: .6pt solid #000; padding-top: 1mm; font-size: 9pt; }
.signing { break-inside: avoid; }
@media print { body { margin: 0; padding: 0; max-width: none; } html { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
`;
}

/** A string of CSS; everything but letters, digits and blanks is escaped, so that no name can end the style. */
function cssText(text: string): string {
  const inside = [...text].map((c) => (/[A-Za-z0-9 ]/.test(c) ? c : `\\${c.codePointAt(0)?.toString(16)} `)).join('');
  return `"${inside.replaceAll('\\0 ', '\\fffd ')}"`;
}
