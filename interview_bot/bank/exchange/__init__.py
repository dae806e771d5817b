"""Question files in and out of other formats: JSON, CSV, Anki, Moodle XML, GIFT."""
