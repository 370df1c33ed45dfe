package store

import "gorm.io/gorm/schema"

// tableNames lists every record with its table. Columns are the snake_case names of the fields unless a record's tag says otherwise: a name that
// MySQL 8 reserves ("lead", "key", "lines") is never used for a column.
var tableNames = map[string]string{
	"Journal":        "journal",
	"Doctor":         "doctors",
	"Answer":         "answers",
	"PortraitValue":  "portrait",
	"Tag":            "tags",
	"Score":          "scores",
	"Consent":        "consents",
	"Case":           "cases",
	"Lead":           "leads",
	"LeadMove":       "lead_moves",
	"Offer":          "offers",
	"Visit":          "visits",
	"Push":           "pushes",
	"Sent":           "sent",
	"Effect":         "outbox",
	"Delivery":       "deliveries",
	"Verification":   "verifications",
	"Notice":         "notices",
	"Invite":         "invites",
	"Rep":            "reps",
	"Territory":      "territories",
	"FlowVersion":    "flow_versions",
	"Release":        "releases",
	"Recall":         "recalls",
	"User":           "users",
	"WebSession":     "web_sessions",
	"Audit":          "audit",
	"Ledger":         "ledgers",
	"Permit":         "permits",
	"MassSend":       "mass_sends",
	"Scene":          "scenes",
	"Scan":           "scans",
	"LinkOpen":       "link_opens",
	"MediaID":        "media_ids",
	"Erasure":        "erasures",
	"Takeover":       "takeovers",
	"Hospital":       "hospitals",
	"Product":        "products",
	"Batch":          "batches",
	"HospitalAccess": "hospital_access",
	"Price":          "prices",
	"Import":         "imports",
	"Merge":          "merges",
	"Observation":    "observations",
	"Behaviour":      "behaviours",
	"Facets":         "facets",
	"Rating":         "ratings",
	"Change":         "changes",
	"Segment":        "segments",
	"Campaign":       "campaigns",
	"Job":            "jobs",
	"Super":          "supers",
	"SuperMove":      "super_moves",
	"Influence":      "influences",
	"Quote":          "quotes",
	"PeerCard":       "peer_cards",
	"Referral":       "referrals",
	"Meeting":        "meetings",
	"MeetingItem":    "meeting_items",
	"Attendance":     "attendances",
	"Departure":      "departures",
	"Transfer":       "transfers",
	"Cost":           "costs",
	"Figure":         "figures",
	"Secret":         "secrets",
	"Suppression":    "suppressions",
	"RightsRequest":  "rights_requests",
	"ProfileCheck":   "profile_checks",
	"CaseWord":       "case_words",
	"CaseMove":       "case_moves",
	"Reconciliation": "reconciliations",
	"Inquiry":        "inquiries",
	"Flag":           "flags",
	"Approval":       "approvals",
	"Checkpoint":     "checkpoints",
	"Chain":          "chains",
}

// records holds one value of every record, in the order of tableNames.
func records() []any {
	return []any{
		&Journal{}, &Doctor{}, &Answer{}, &PortraitValue{}, &Tag{}, &Score{}, &Consent{}, &Case{}, &Lead{}, &LeadMove{}, &Offer{}, &Visit{},
		&Push{}, &Sent{}, &Effect{}, &Delivery{}, &Verification{}, &Notice{}, &Invite{}, &Rep{}, &Territory{}, &FlowVersion{}, &Release{}, &Recall{},
		&User{}, &WebSession{}, &Audit{}, &Ledger{}, &Permit{}, &MassSend{}, &Scene{}, &Scan{}, &LinkOpen{}, &MediaID{}, &Erasure{}, &Takeover{},
		&Hospital{}, &Product{}, &Batch{}, &HospitalAccess{}, &Price{}, &Import{}, &Merge{}, &Observation{}, &Behaviour{}, &Facets{}, &Rating{}, &Change{}, &Segment{}, &Campaign{}, &Job{}, &Super{},
		&SuperMove{}, &Influence{}, &Quote{}, &PeerCard{}, &Referral{}, &Secret{}, &Suppression{}, &RightsRequest{}, &ProfileCheck{}, &CaseWord{}, &CaseMove{}, &Reconciliation{}, &Inquiry{}, &Flag{}, &Approval{}, &Checkpoint{}, &Chain{},
		&Meeting{}, &MeetingItem{}, &Attendance{},
		&Departure{}, &Transfer{},
		&Cost{}, &Figure{},
	}
}

// naming gives records the table names of tableNames and leaves everything else to GORM's rules.
type naming struct{ schema.NamingStrategy }

// TableName implements schema.Namer.
func (n naming) TableName(record string) string {
	if name, ok := tableNames[record]; ok {
		return name
	}
	return n.NamingStrategy.TableName(record)
}
