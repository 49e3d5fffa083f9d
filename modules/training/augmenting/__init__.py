"""More rows to learn from than the table has: made of the cells of training rows, labelled by the teacher."""
