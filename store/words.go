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
	KindMenu       = "menu"        // Menu to a doctor, customer service message with choices to press
	KindMiniPage   = "mini_page"   // MiniPage to a doctor, customer service message with a mini-program card
	KindRobot      = "robot"       // Robot to a WeCom group: a card without buttons, with a link
)

// Intents of an effect: why something is said. They decide through which channel it may go.
const (
	IntentReply    = "reply"    // belongs to the answer of a doctor's message: what did not fit or came late
	IntentPrompt   = "prompt"   // the next step of a talk that went on by itself
	IntentReminder = "reminder" // a silent talk reminds
	IntentAsked    = "asked"    // content that the doctor asked for
	IntentPush     = "push"     // content that nobody asked for
	IntentNotice   = "notice"   // a service notice: a meeting moved, a request was settled
	IntentSafety   = "safety"   // belongs to an adverse event report
	IntentHandoff  = "handoff"  // a person takes over, or a rep writes
)

// Unhurried lists the intents that nobody waits for: they give way to whatever belongs to a talk, and their order means nothing.
func Unhurried() []string { return []string{IntentPush, IntentNotice, IntentReminder} }

// Channels through which an effect reaches a doctor or a rep.
const (
	ChannelPassive   = "passive"   // the answer to a callback; costs nothing
	ChannelChat      = "chat"      // customer service message after the doctor's own message
	ChannelQuick     = "quick"     // customer service message after a click, follow or scan
	ChannelSubscribe = "subscribe" // one-time notice that the doctor agreed to
	ChannelTemplate  = "template"  // template message: service notices only
	ChannelMass      = "mass"      // one of the mass sends of a month
	ChannelApp       = "app"       // WeCom application message
	ChannelRobot     = "robot"     // WeCom group robot
)

// Status of a mass send.
const (
	MassOpen     = "open"     // called, or about to be
	MassAccepted = "accepted" // the platform took it
	MassDone     = "done"     // the platform's report came
	MassFailed   = "failed"
)

// Kinds of scene.
const (
	SceneRep        = "rep"
	SceneHospital   = "hospital"
	SceneDepartment = "department"
	SceneMeeting    = "meeting"
	SceneReferral   = "referral" // on a card by which a doctor invites colleagues; drawn by turns, not on the page of codes
)

// Causes of an erasure.
const (
	EraseUnfollow = "unfollow" // the platform demands it
	EraseRequest  = "request"  // the doctor asked
)

// Kinds of a right that a doctor uses.
const (
	RightsRead        = "read"
	RightsExport      = "export"
	RightsTag         = "tag"
	RightsPersonalOff = "personal_off"
	RightsPersonalOn  = "personal_on"
	RightsWithdraw    = "withdraw"
	RightsErase       = "erase"
)

// Status of a request.
const (
	RightsOpen    = "open"
	RightsDone    = "done"
	RightsRefused = "refused" // not carried out: the doctor is gone, or a person said why
)

// Causes of a departure.
const (
	DepartLeft      = "left"      // the rep has left the house
	DepartFiling    = "filing"    // the filing has run out
	DepartTerritory = "territory" // another territory
	DepartManager   = "manager"   // the manager wants it
)

// Causes of a transfer without a departure.
const (
	TransferAsked = "doctor" // the doctor asked for another rep
	TransferPool  = "pool"   // nobody looked after the doctor
)

// Status of a departure.
const (
	DepartureOpen = "open"
	DepartureDone = "done"
)

// Status of a transfer.
const (
	TransferProposed  = "proposed"
	TransferConfirmed = "confirmed" // the new rep looks after the doctor
	TransferContacted = "contacted" // and has been in touch
	TransferRefused   = "refused"   // by the doctor, after it was confirmed: nobody looks after the doctor
	TransferDropped   = "dropped"   // the proposal was not followed
)

// Answers of a doctor to the notice that another rep looks after them.
const (
	ColleagueKeep    = "keep"
	ColleagueAnother = "another"
	ColleagueNone    = "none" // wants no rep at all
)

// Status of an offer.
const (
	OfferOpen     = "open"
	OfferAccepted = "accepted"
	OfferDeclined = "declined"
	OfferLost     = "lost" // another rep was first
)

// Status of an adverse event case (moves: package bot/safety).
const (
	CaseOpen         = "open"         // typed, intake not finished
	CaseReported     = "reported"     // intake finished
	CaseAcknowledged = "acknowledged" // a person has it
	CaseJudged       = "judged"       // somebody finds that it is no valid report: a second person must agree
	CaseValid        = "valid"        // it goes to the authority
	CaseSent         = "sent"         // the authority has it
	CaseClosed       = "closed"
)

// Kinds of case.
const (
	CaseKindEvent   = "ae"      // an adverse event
	CaseKindSpecial = "special" // pregnancy, overdose, lack of effect and the like without one
	CaseKindQuality = "quality" // a doubt about the quality of the product: quality assurance has a part in it
)

// Who told of a case.
const (
	CaseSourceDoctor = "doctor"
	CaseSourceRep    = "rep"
	CaseSourcePerson = "person" // of the safety desk, in a word added later
)

// Moves of a case that the house makes by itself; those of people belong to the owner of the life cycle.
const (
	CaseEventOpen     = "open"
	CaseEventComplete = "complete" // the doctor's intake has ended
	CaseEventRemind   = "remind"   // the silent doctor was reminded
)

// Status of a push.
const (
	PushPlanned = "planned"
	PushQueued  = "queued"
	PushOpened  = "opened" // its flow was begun
	PushHeld    = "held"   // its campaign is paused
	PushNone    = "none"
)

// Status of a meeting (moves: package bot/meeting).
const (
	MeetingDraft     = "draft"
	MeetingApproved  = "approved" // another person than the author has approved it
	MeetingOpen      = "open"     // doctors may be invited
	MeetingHeld      = "held"     // it is over; attendance, feedback and follow-ups come in
	MeetingClosed    = "closed"
	MeetingCancelled = "cancelled"
)

// What a doctor answers to an invitation.
const (
	RsvpAccept   = "accept"
	RsvpReplay   = "replay"
	RsvpDeclined = "declined"
	RsvpStop     = "stop" // wants no more invitations
)

// What came of a follow-up after a meeting. Attendance alone is no outcome.
const (
	OutcomeView     = "view"     // sees the subject in another way
	OutcomeMaterial = "material" // asked for material
	OutcomeQuestion = "question" // a question went to medical information
	OutcomeVisit    = "visit"    // wants to talk to a colleague
	OutcomeNone     = "none"     // was called, wants nothing
	OutcomeGone     = "gone"     // has left us since: nobody can be called
)

// Status of a verification.
const (
	VerifyOpen    = "open"
	VerifyPassed  = "passed"
	VerifyRefused = "refused"
	VerifyLapsed  = "lapsed" // it has held for its time, or the doctor has changed hospital
)

// Methods by which it was found who a doctor is.
const (
	MethodInvite  = "invite"
	MethodMaster  = "master"  // the one row of master data with the name, hospital and department
	MethodLicence = "licence" // a person has looked the number up
	MethodRep     = "rep"     // a rep has met the doctor
	MethodLapse   = "lapse"   // not found, but taken back: see VerifyLapsed
)

// Proofs that a person may ask a doctor for.
const (
	ProofLicence = "licence" // the number, again or for the first time
	ProofInvite  = "invite"  // a code of the hospital or a meeting
	ProofRep     = "rep"     // to meet a colleague
)

// VisitMet is the result of a visit that took place.
const VisitMet = "met"

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
	SourceRule      = "rule"     // by a rule, from everything known: taken off again when the rule no longer holds
)

// Roles of people in the console. Source: the permission table of the trade; what each may do is decided by package console.
const (
	RoleAdmin      = "admin"      // settings of the house: everything but cases and medical questions
	RoleViewer     = "viewer"     // reads what belongs to nobody in particular
	RoleRep        = "rep"        // own doctors
	RoleManager    = "manager"    // doctors of the team
	RoleMarketing  = "marketing"  // figures and content
	RoleMedical    = "medical"    // medical questions
	RoleSafety     = "safety"     // adverse event cases
	RoleQuality    = "quality"    // doubts about the quality of a product
	RoleAccess     = "access"     // hospitals, prices, procurement
	RoleCompliance = "compliance" // flags, consents, approvals; the data protection officer
	RoleOperations = "operations" // rules, imports, publishing
	RoleAuditor    = "auditor"    // the log
)

// States of a product in a hospital.
const (
	AccessUntouched = "untouched" // nobody has been there
	AccessTouched   = "touched"
	AccessIntent    = "intent"
	AccessScheduled = "scheduled" // on the list of the formulary meeting
	AccessAdmitted  = "admitted"
	AccessBought    = "bought"
	AccessStopped   = "stopped"
)

// Things that a doctor did.
const (
	DidReply  = "reply"  // answered a question
	DidSent   = "sent"   // was sent content; what openings are measured against
	DidOpen   = "open"   // opened content
	DidRead   = "read"   // read it for at least ReadLeast
	DidWatch  = "watch"  // saw enough of a video
	DidFinish = "finish" // completed a talk
	DidAttend = "attend" // came to a meeting or an appointment
	DidAsk    = "ask"    // asked for content or a question of its own
	DidRate   = "rate"
	DidIgnore = "ignore" // did not open within the time of the rules
	DidMiss   = "miss"   // did not come to an appointment
)

// Kinds of change.
const (
	ChangeLadder   = "ladder"
	ChangeMatrix   = "matrix"
	ChangeClass    = "class"
	ChangeResult   = "result"
	ChangeAffinity = "affinity"
	ChangeGrade    = "grade"
	ChangeStage    = "stage"
	ChangeStrength = "strength"
)

// Verdicts on a case. Closing one without a valid report needs two people.
const (
	VerdictValid      = "valid" // all four elements: it goes to the authority
	VerdictIncomplete = "incomplete"
	VerdictNone       = "none" // no adverse event
)

// Kinds of flag.
const (
	FlagBenefit   = "benefit" // a benefit was asked for
	FlagCount     = "count"   // prescriptions were counted
	FlagComplaint = "complaint"
	FlagPatient   = "patient" // a patient could be recognised
)

// Classes of medical inquiry.
const (
	InquiryLabel   = "label"   // within the label, not among the approved answers
	InquiryBeyond  = "beyond"  // outside the label, or unclear
	InquiryCompare = "compare" // comparison with other medicines
	InquiryPatient = "patient" // advice for one patient
)

// Status of a medical inquiry.
const (
	InquiryOpen     = "open"
	InquiryTaken    = "taken" // a person writes the answer
	InquiryAnswered = "answered"
	InquiryClosed   = "closed" // without an answer
)

// Status of a flag.
const (
	FlagOpen   = "open"
	FlagClosed = "closed"
)

// Status of an approval.
const (
	ApprovalOpen     = "open"
	ApprovalApproved = "approved"
	ApprovalRefused  = "refused"
	ApprovalExpired  = "expired"
)

// Status of a job.
const (
	JobWaiting = "waiting"
	JobRunning = "running"
	JobDone    = "done"
	JobStopped = "stopped"
)
