"""The page that people look at: what it reads, keeps in mind and answers; it writes nothing."""

from tasks.page.fleet_stations import fleet_stations
from tasks.page.page_server import serve_page
from tasks.page.shown_station import ShownStation, shown_stations
from tasks.page.visitor_checks import access_of
