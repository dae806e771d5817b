// Draws blocks as pages: `node pages.mjs FOLDER CARDS` writes FOLDER/<name>.html.
// The blocks are drawn by slack-blocks-to-jsx; the frames of modals and the Home are ours.
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(process.cwd() + "/");
const { createElement: make } = require("react");
const { renderToStaticMarkup } = require("react-dom/server");
const { Message } = require("slack-blocks-to-jsx");
const style = readFileSync(require.resolve("slack-blocks-to-jsx").replace(/index\.js$/, "style.css"), "utf8");

// What Slack shows and this library does not: what is chosen already, and that a field may stay empty.
function asShown(block) {
  if (block.type !== "input") return block;
  const { label, element } = block;
  const chosen = element.initial_option?.text ?? element.placeholder;
  return {
    ...block,
    label: block.optional ? { ...label, text: `${label.text} (optional)` } : label,
    element: element.type === "static_select" && chosen ? { ...element, placeholder: chosen } : element,
  };
}

const folder = process.argv[2];
const frames = `body{margin:0;background:#fff;font-family:"Liberation Sans",sans-serif}
main{width:640px;padding:12px 16px}
.modal{border:1px solid #ccc;border-radius:10px;width:560px}
.modal>h1{font-size:18px;margin:0;padding:14px 20px;border-bottom:1px solid #ddd}
.modal>div{padding:8px 20px}.modal>footer{padding:12px 20px;border-top:1px solid #ddd;text-align:right}
.modal b{border:1px solid #bbb;border-radius:5px;padding:6px 14px;margin-left:8px;font-size:14px}
.modal b.yes{background:#007a5a;border-color:#007a5a;color:#fff}
.slack_blocks_to_jsx--blocks>*+*{margin-top:8px}
div:has(>.slack_blocks_to_jsx__plain_text_input_element)+div{display:none!important}
.home>h1{font-size:15px;margin:0 0 8px;padding-bottom:8px;border-bottom:1px solid #ddd}`;

function escape(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
}

for (const [name, card] of Object.entries(JSON.parse(readFileSync(process.argv[3], "utf8")))) {
  const bare = card.kind !== "message";
  const drawn = renderToStaticMarkup(
    make(Message, {
      blocks: card.blocks.map(asShown), theme: "light", withoutWrapper: bare, name: "Mock Interview",
      logo: "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect width='9' height='9' fill='%23456'/></svg>",
      time: new Date("2026-11-27T09:00:00Z"),
    }),
  );
  let page = drawn;
  if (card.kind === "modal") {
    const buttons = `<b>${escape(card.close.text)}</b><b class="yes">${escape(card.submit.text)}</b>`;
    page = `<section class="modal"><h1>${escape(card.title.text)}</h1><div>${drawn}</div><footer>${buttons}</footer></section>`;
  } else if (card.kind === "home") {
    page = `<section class="home"><h1>Home &nbsp; Messages &nbsp; About</h1>${drawn}</section>`;
  }
  writeFileSync(`${folder}/${name}.html`, `<!doctype html><meta charset="utf-8"><style>${style}${frames}</style><main id="page">${page}</main><script>document.title = document.getElementById("page").offsetHeight</script>`);
}
