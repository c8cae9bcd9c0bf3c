"""What happens to the workflow when everything around it breaks, again and again, with seeds that are printed."""
