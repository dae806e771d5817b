"""The Slack room: payloads become Messages, Cards become Block Kit."""
