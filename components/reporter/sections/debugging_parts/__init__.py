"""What the section "Where is it wrong?" shows of each method."""
