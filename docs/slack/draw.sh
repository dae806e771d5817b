#!/bin/sh
# Draws the pictures of Slack's cards anew: docs/slack/draw.sh [language]
# Needs node with npm, and from Debian: chromium fonts-liberation fonts-noto-color-emoji. Nothing here is needed by the bot.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
language=${1:-en}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
cd "$scratch"
npm install --silent --no-audit --no-fund slack-blocks-to-jsx@1.1.1 react@18.3.1 react-dom@18.3.1
"${PYTHON:-$root/.venv/bin/python}" "$here/cards.py" "$language" > cards.json
node "$here/pages.mjs" "$scratch" cards.json
for page in *.html; do
  name=$(basename "$page" .html)
  look="chromium --headless --no-sandbox --disable-gpu --hide-scrollbars --window-size=680"
  height=$($look,100 --dump-dom "file://$scratch/$page" 2>/dev/null | sed -n 's/.*<title>\([0-9]*\)<.*/\1/p')
  $look,"$height" --screenshot="$here/$language-$name.png" "file://$scratch/$page" >/dev/null 2>&1
done
