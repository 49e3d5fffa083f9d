"""Every strategy of the teacher's search, replayed on tables in which each configuration was trained beforehand."""
