"""PICTURES OF CHARTS: a chart comes in, an SVG or a PNG goes out; knows nothing but `chat.messages`."""
