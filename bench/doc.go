// Package bench sets the codec of callbacks beside the server of the SDK, in
// one run on one machine, so that the figure that is published is a ratio. It
// is a module of its own because the product itself must not know that server:
// it sets and uses a global logger. Below it stand two programs that
// sim/conformance is tried on: sdkbot, a bot on that server, and badbot, a bot
// with faults to choose from.
//
// It refuses to be a load test (vrep bench is) and to judge by time: its tests
// say that both sides are asked and answer the same, its benchmarks print how
// long each took.
package bench
