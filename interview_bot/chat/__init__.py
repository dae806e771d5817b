"""The words: what comes in, what goes out, and every sentence the bot says."""
