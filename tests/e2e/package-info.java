/** The stages as a user runs them, by the launcher, on mini-k8s; each test says what must be true afterwards. */
package tests.e2e;
