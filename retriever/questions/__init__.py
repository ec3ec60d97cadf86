"""What is asked: the subject of a question, the side of it, and what its words weigh in a collection."""
