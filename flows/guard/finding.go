package guard

// Kind is what a finding is about.
type Kind string

// Kinds. The first three open a case of the safety desk.
const (
	Event     Kind = "ae"        // an adverse event
	Special   Kind = "special"   // a special situation without one: see the Sort constants
	Quality   Kind = "quality"   // a doubt about the quality of the product
	Beyond    Kind = "beyond"    // a question outside the label, or unclear
	Label     Kind = "label"     // a question within the label
	Compare   Kind = "compare"   // a comparison with other medicines
	Advice    Kind = "patient"   // advice for one patient
	Benefit   Kind = "benefit"   // a benefit is asked for
	Count     Kind = "count"     // prescriptions are counted
	Complaint Kind = "complaint" // a complaint about the house
	Identity  Kind = "identity"  // a patient could be recognised
)

// Sorts of special situation, and of what shows who a patient is.
const (
	Pregnancy = "pregnancy" // exposure in pregnancy or while nursing
	Child     = "child"
	Overdose  = "overdose"
	Misuse    = "misuse" // taken, given or dispensed by mistake, or in another way than the label says
	NoEffect  = "no_effect"
	Together  = "interaction"

	Name   = "name"
	Number = "number" // identity card, record, bed
	Phone  = "phone"
)

// Finding is one thing that was heard.
type Finding struct {
	Kind    Kind
	Sort    string // see the Sort constants, "" = none
	From    int    // bytes of the text
	To      int
	Why     string // rule: word, sign, typo, value, noun or the name of another rule
	Serious bool   // a criterion of seriousness was named
	Death   bool
	Urgent  bool // of a question: it cannot wait for days
}

// OpensCase tells whether the finding is for the safety desk.
func (f Finding) OpensCase() bool { return f.Kind == Event || f.Kind == Special || f.Kind == Quality }

// Asks tells whether the finding is a question for medical information.
func (f Finding) Asks() bool {
	return f.Kind == Beyond || f.Kind == Label || f.Kind == Compare || f.Kind == Advice
}

// Context is what is known beside the text.
type Context struct {
	Product bool // the talk is about a product of the house, so that a question needs not name it
	Own     bool // the waiting question asks for the doctor's own data: names and numbers are not a patient's
}
