"""What a station's readings are expected to be: asked, answered, and shown page by page."""

from tasks.validation.validation import checked_by, observe_or_inspect, validate
