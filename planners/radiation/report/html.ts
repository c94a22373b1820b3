import { histogramFigure, planesSections } from './figures.ts';
import { makeReport, type ReportSource } from './model.ts';
import {
  beamsSection,
  goalsSection,
  indicesSection,
  matchesSection,
  optimisationSection,
  provenanceSection,
  remarksSection,
  signatures,
  structuresTable,
  summarySection,
} from './sections.ts';
import { reportStyle } from './style.ts';
import { escapeText } from './svg.ts';

/** Nothing may be loaded, sent or run: pictures and style are in the page. */
const policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

/**
 * A dose and how it is judged, as one HTML page that needs nothing but itself.
 *
 * @param version of the program that writes it
 */
export function reportHtml(source: ReportSource, version: string): string {
  const report = makeReport(source);
  const { patient } = report.judged;
  const title = report.plan === undefined ? 'Dose evaluation' : 'Treatment plan';
  const written = { version, date: new Date().toISOString() };
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width">
<title>${escapeText(`${title}: ${patient}`)}</title>
<style>${reportStyle(patient)}</style>
</head>
<body>
<h1>${title} report</h1>
<p>${escapeText(`Patient ${patient}`)}</p>
<p class="notice">Research use, not clinical use. Not a medical device; not to be used to treat a patient.</p>
${[
  summarySection(report),
  goalsSection(report),
  indicesSection(report),
  `<h2>Doses of structures</h2>${histogramFigure(report)}${structuresTable(report)}`,
  planesSections(report),
  beamsSection(report),
  optimisationSection(report),
  matchesSection(report),
  remarksSection(report),
  provenanceSection(report, written),
  signatures(),
].join('\n')}
</body>
</html>
`;
}
