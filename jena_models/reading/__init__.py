"""From what a station's files, tables and databases hold to readings under canonical names, in UTC."""
