"""From the texts of time stamps to times in UTC."""
