"""How well models forecast: at each lead, in later years, with neighbours."""
