"""What test/bench/cluster measures with: an API server, a cluster's objects, programs under test."""
