"""What the summary says as a mail, beyond the page that it is made from."""

FINDINGS = "What the pictures say"
WHOLE = "Pictures, lists and reasons are in the report of the month, of which this is the summary."
