package flows

// BlockStep is the body of a block step: steps that are gone through once in an order of their own, or round after round.
type BlockStep struct {
	ForEach *Expr  // a round for every item of a list
	Times   *Expr  // so many rounds
	Until   *Expr  // looked at after every round: true ends the loop
	As      string // name of the item within a round, "item" unless written
	Another *Text  // asked after every round: yes begins another one
	Max     int    // most rounds
	Shuffle bool   // rounds (ForEach) or steps (no loop) in an order of their own for every doctor
	Pick    int    // so many of the rounds or steps, 0 = all
	Inner   *Flow  // the steps
}
