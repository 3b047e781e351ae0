"""The fault harness: real servers, real processes, a mixed load, faults by a seeded schedule, and what must hold afterwards."""
