"""What a source is made of: one file or several, the tables in an archive, a database, NetCDF, JSON."""
