"""What files call columns, and JSON its keys, that say where a place is; in small letters alone."""

LATITUDES = ("latitude", "lat")
LONGITUDES = ("longitude", "lon", "long", "lng")
