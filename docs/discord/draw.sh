#!/bin/sh
# Draws the pictures of Discord's cards anew: docs/discord/draw.sh [language]
# Needs `make dev`, and from Debian: chromium fonts-noto-core fonts-dejavu. Nothing here is needed by the bot.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-$here/../../.venv/bin/python}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" -m pip install --quiet --target "$scratch" 'simcord[screenshot]==3.2.1'
# Playwright looks for a browser of its own; Debian's does as well.
export PLAYWRIGHT_BROWSERS_PATH="$scratch/browsers" PYTHONPATH="$scratch"
found=$("$python" -c 'from playwright.sync_api import sync_playwright as p
with p() as one: print(one.chromium.executable_path)')
number=$(echo "$found" | sed 's/.*chromium-\([0-9]*\).*/\1/')
there="$PLAYWRIGHT_BROWSERS_PATH/chromium_headless_shell-$number/chrome-headless-shell-linux64"
mkdir -p "$there"
ln -s "$(command -v chromium)" "$there/chrome-headless-shell"
touch "$PLAYWRIGHT_BROWSERS_PATH/chromium_headless_shell-$number/INSTALLATION_COMPLETE"
"$python" "$here/draw.py" "${1:-en}"
