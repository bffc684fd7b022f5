"""Views: what there is, and what came of one."""
