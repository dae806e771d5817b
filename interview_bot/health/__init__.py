"""How the running bot is: logs, measures, traces, and the pages that tell of them."""
