"""The programs that the lab builds."""
