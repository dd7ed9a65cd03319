/** The HTML document: one file, no scripts, nothing loaded from anywhere. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { renderToString } from 'preact-render-to-string';
import { html, type VNode } from './html';

/** A whole document. The style sheet's digest is the only thing that its security policy allows. */
export function renderPage(title: string, body: VNode): string {
  const css = readFileSync(path.join(__dirname, 'report.css'), 'utf8');
  const digest = createHash('sha256').update(css).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${digest}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const page = html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta http-equiv="Content-Security-Policy" content=${policy} />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <meta name="referrer" content="no-referrer" />
      <link rel="icon" href="data:," />
      <title>${title}</title>
      <style dangerouslySetInnerHTML=${{ __html: css }} />
    </head>
    <body>
      ${body}
    </body>
  </html>`;
  return `<!doctype html>\n${renderToString(page)}\n`;
}
