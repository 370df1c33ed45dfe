package wechat

// Outcome says how one callback ended. It is what the callbacks are counted by.
type Outcome string

// Outcomes of callbacks. Those that begin with "refused" were answered 403, except size (413) and method (405).
const (
	OutcomeReply       Outcome = "reply"       // a passive reply went out
	OutcomeSilent      Outcome = "silent"      // taken, answered "success"
	OutcomeEcho        Outcome = "echo"        // the platform checked the address
	OutcomeUnavailable Outcome = "unavailable" // the receiver took nothing: 503
	OutcomeBusy        Outcome = "busy"        // too many callbacks at once: 503
	OutcomePanic       Outcome = "panic"       // a defect: 503

	RefusedMethod    Outcome = "refused_method"
	RefusedSize      Outcome = "refused_size"      // over 64 KiB
	RefusedBody      Outcome = "refused_body"      // could not be read to its end
	RefusedQuery     Outcome = "refused_query"     // missing, doubled or misshapen parameters
	RefusedStale     Outcome = "refused_stale"     // more than five minutes off
	RefusedMode      Outcome = "refused_mode"      // plaintext
	RefusedSignature Outcome = "refused_signature" // does not fit
	RefusedCipher    Outcome = "refused_cipher"    // cannot be opened, or sealed for another receiver
	RefusedShape     Outcome = "refused_shape"     // signed and opened, but not understood
	RefusedIdentity  Outcome = "refused_identity"  // body and address disagree about who speaks to whom
	RefusedReplay    Outcome = "refused_replay"    // nonce used before with another body
)

// refusal carries an outcome as an error. Its text holds nothing of the request.
type refusal Outcome

func (r refusal) Error() string { return "wechat: " + string(r) }
