package store

// Status names are vocabulary; which moves are legal belongs to the owner of the life cycle.

// Phases of a conversation (moves: package bot).
const (
	PhaseIdle      = "idle"
	PhaseAsking    = "asking"
	PhaseConfirm   = "confirming"
	PhaseConsent   = "awaiting_consent"
	PhaseHandedOff = "handed_off"
	PhaseOptedOut  = "opted_out"
)

// Status of a lead (moves: package bot/handoff).
const (
	LeadNew       = "new"
	LeadAssigned  = "assigned"
	LeadAccepted  = "accepted"
	LeadBooked    = "booked"
	LeadVisited   = "visited"
	LeadClosed    = "closed"
	LeadExpired   = "expired"
	LeadWithdrawn = "withdrawn"
)

// Status of an effect.
const (
	EffectReady   = "ready"
	EffectClaimed = "claimed"
	EffectWaiting = "waiting_window" // until the doctor writes again
	EffectDone    = "done"
	EffectCancel  = "cancelled"
	EffectDead    = "dead"
)

// Kinds of effect: which payload of effects.go its Body holds.
const (
	KindText       = "text"        // Text to a doctor, customer service message
	KindImage      = "image"       // Image to a doctor, customer service message
	KindNews       = "news"        // News to a doctor, customer service message with one article
	KindCard       = "card"        // Card to a rep, WeCom template card with buttons
	KindCardUpdate = "card_update" // CardUpdate: replaces the buttons of a card sent before
	KindRepText    = "rep_text"    // RepText to a rep, WeCom text
)

// Status of an offer.
const (
	OfferOpen     = "open"
	OfferAccepted = "accepted"
	OfferDeclined = "declined"
	OfferLost     = "lost" // another rep was first
)

// Status of an adverse event case.
const (
	CaseOpen         = "open"         // typed, intake not finished
	CaseReported     = "reported"     // intake finished
	CaseAcknowledged = "acknowledged" // a person has it
)

// Status of a push.
const (
	PushPlanned = "planned"
	PushQueued  = "queued"
	PushNone    = "none"
)

// Status of a verification.
const (
	VerifyOpen    = "open"
	VerifyPassed  = "passed"
	VerifyRefused = "refused"
)

// Verification levels of a doctor.
const (
	LevelFollower = 0
	LevelDeclared = 1
	LevelVerified = 2
	LevelRejected = 9
)

// Sources of a portrait value or tag.
const (
	SourceAnswer    = "answer"
	SourceRep       = "rep"
	SourceBehaviour = "behaviour"
	SourceImport    = "import"
	SourceConsole   = "console"
	SourceComputed  = "computed" // by a flow, from what was known
)
