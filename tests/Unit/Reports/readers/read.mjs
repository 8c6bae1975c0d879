// Reads {"markdown": [...], "html": [...]} and prints, for each text, what elements a reader makes of it: `name attribute=value ...`, in order.
// Markdown is read twice: by the reference parser of CommonMark, and as GitHub does (tables, bare addresses as links). Both let raw HTML through.
import { readFileSync } from 'node:fs';
import { HtmlRenderer, Parser } from 'commonmark';
import { micromark } from 'micromark';
import { gfm, gfmHtml } from 'micromark-extension-gfm';
import { parse, parseFragment } from 'parse5';

const elements = (node, found = []) => {
  for (const child of [...(node.childNodes ?? []), ...(node.content?.childNodes ?? [])]) {
    if (child.nodeName === '#comment') found.push(`comment ${child.data}`);
    if (child.tagName) found.push([child.tagName, ...child.attrs.map((a) => `${a.name}=${a.value}`)].join(' '));
    elements(child, found);
  }
  return found;
};

const texts = (node, tag, found = []) => {
  for (const child of node.childNodes ?? []) {
    if (child.tagName === tag) found.push((child.childNodes ?? []).map((c) => c.value ?? '').join(''));
    texts(child, tag, found);
  }
  return found;
};

const asked = JSON.parse(readFileSync(0, 'utf8'));
const readers = {
  commonmark: (text) => new HtmlRenderer().render(new Parser().parse(text)),
  github: (text) => micromark(text, { allowDangerousHtml: true, allowDangerousProtocol: true, extensions: [gfm()], htmlExtensions: [gfmHtml()] }),
};
console.log(JSON.stringify({
  commonmark: asked.markdown.map((text) => elements(parseFragment(readers.commonmark(text)))),
  github: asked.markdown.map((text) => elements(parseFragment(readers.github(text)))),
  code: asked.markdown.map((text) => texts(parseFragment(readers.commonmark(text)), 'code')),
  html: asked.html.map((text) => elements(parse(text))),
}));
