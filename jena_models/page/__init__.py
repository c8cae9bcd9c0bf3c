"""What the page that people look at shows of each station: facts, their state at a moment, drawings, HTML."""
