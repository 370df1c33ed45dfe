package store

// Observation is one value as it became known. Rows are only added: the portrait is what they come to.
type Observation struct {
	ID         int64  `gorm:"primaryKey"`
	Doctor     string `gorm:"size:32"`
	Field      string `gorm:"size:64"`
	Account    string `gorm:"size:64"`
	Value      string // JSON of the value; "null" = taken back
	Label      string
	Source     string `gorm:"size:16"` // answer, rep, behaviour, import, console, computed
	Ref        string `gorm:"size:96"` // as in PortraitValue
	Detail     string
	Confidence int // percent
	At         int64
}

// Behaviour is one thing that a doctor did: the stream that affinity, engagement and topics are computed from.
type Behaviour struct {
	ID      int64  `gorm:"primaryKey"`
	Doctor  string `gorm:"size:32"`
	Account string `gorm:"size:64"`
	Kind    string `gorm:"size:16"` // see the Did constants
	Object  string `gorm:"size:64"` // content, meeting, push or flow
	Topics  string // JSON array of the topics of the object
	Amount  int    // seconds read, percent seen, minutes attended, seconds that a talk took; else 0
	Ref     string `gorm:"size:96"`
	At      int64
	Result  string `gorm:"size:32"` // of a talk the word with which it ended, of an appointment the channel; else ""
}

// Facets are what segments ask most often about a doctor, one narrow row each, kept up by whoever changes the doctor.
type Facets struct {
	Doctor      string `gorm:"primaryKey;size:32"`
	Account     string `gorm:"size:64"`
	Level       int
	Followed    bool
	Hospital    string `gorm:"size:64"`
	Grade       string `gorm:"size:16"` // hospital grade
	Province    string `gorm:"size:32"`
	City        string `gorm:"size:32"`
	Department  string `gorm:"size:32"`
	Title       string `gorm:"size:32"`
	Position    string `gorm:"size:32"`
	PatientBand string `gorm:"size:16"`
	Potential   string `gorm:"size:8"`  // high, mid, low, "" = unknown
	Ladder      string `gorm:"size:8"`  // A0 … A6
	Matrix      string `gorm:"size:16"` // grow1, grow2, defend, maintain, observe, profile
	Class       string `gorm:"size:8"`  // A, B, C, D, U
	Result      string `gorm:"size:16"` // both, online, watch, leave: result of recruiting
	Affinity    int    // digital affinity 0 to 4
	Cell        string `gorm:"size:16"` // of recency, frequency and engagement
	LeadGrade   string `gorm:"size:16"`
	LeadPoints  int
	Owner       string `gorm:"size:64"` // rep
	LastTypedAt int64
	EffectiveAt int64 // last effective interaction
	Complete    int   // completeness of the portrait in percent, -1 = nothing is weighed
	UpdatedAt   int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	Since       int64 // from when the doctor has been classed without a gap: the history of changes is whole from here on
	Marks       int64 // bits of tags and consents, see Dossier.Marks
	Traits      int64 // bits of the portrait's values, see Dossier.Traits
}

// Rating is where a doctor stands with one product of the house. Facets hold that of the first product.
type Rating struct {
	Doctor    string `gorm:"primaryKey;size:32"`
	Product   string `gorm:"primaryKey;size:32"`
	Account   string `gorm:"size:64"`
	Ladder    string `gorm:"size:8"`  // A0 … A6
	Potential string `gorm:"size:8"`  // high, mid, low, "" = unknown
	Matrix    string `gorm:"size:16"` // as in Facets
	Class     string `gorm:"size:8"`
	Why       string // JSON of []Reason
	UpdatedAt int64  `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// Reason is one line of what a class, stage or tag rests on.
type Reason struct {
	Kind     string `json:"kind"` // as in Change
	Value    string `json:"value"`
	Why      string `json:"why"`      // the rule in words
	Evidence string `json:"evidence"` // what is known of the doctor
	Ref      string `json:"ref,omitempty"`
}

// Change is one move of a doctor from one class, stage or grade to another, with what moved it.
type Change struct {
	ID       int64  `gorm:"primaryKey"`
	Account  string `gorm:"size:64"`
	Doctor   string `gorm:"size:32"`
	Product  string `gorm:"size:32"`
	Kind     string `gorm:"size:16"` // ladder, class, matrix, result, affinity, grade, stage, strength
	Before   string `gorm:"column:was;size:32"`
	After    string `gorm:"column:is_now;size:32"`
	Cause    string `gorm:"size:96"` // conversation:seq, visit:ID, rules:HASH, import:ID, person
	Evidence string
	At       int64
}

// Segment is a saved condition on doctors.
type Segment struct {
	ID        string `gorm:"primaryKey;size:32"`
	Account   string `gorm:"size:64"`
	Name      string `gorm:"size:64"`
	Source    string // in the language of conditions
	Note      string
	Actor     string `gorm:"size:64"`
	Version   int64
	CreatedAt int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	UpdatedAt int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
}

// Job is long work that a person can watch: a new classing, a rebuild, an import.
type Job struct {
	ID        string `gorm:"primaryKey;size:32"`
	Account   string `gorm:"size:64"`
	Kind      string `gorm:"size:16"`
	Status    string `gorm:"size:16"` // waiting, running, done, failed, stopped
	Total     int
	Done      int
	Changed   int
	Position  string `gorm:"size:64"` // where to go on
	Detail    string
	Owner     string `gorm:"size:64"`            // instance that works on it
	Until     int64  `gorm:"column:claim_until"` // claim of that instance
	Actor     string `gorm:"size:64"`
	At        int64
	UpdatedAt int64 `gorm:"autoCreateTime:false;autoUpdateTime:false"`
	DoneAt    int64
}
