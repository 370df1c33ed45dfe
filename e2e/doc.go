// Package e2e tells the product's main story in a real browser: a doctor follows, consents, is verified, talks and asks for a visit; a rep accepts,
// reads the brief and reports; the console shows the portrait; the next content fits the report. It drives the built binary from outside and knows
// nothing of its packages, so it lives in a module of its own.
//
// Screenshots of every page at 1440 and 390 pixels are kept in the folder named by VREP_TEST_OUT, or in a temporary one.
package e2e
