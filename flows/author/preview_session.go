package author

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"slices"
	"sync"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/lint"
)

// session is one page with its talk.
type session struct {
	id   string
	fsys fs.FS
	now  func() time.Time

	mu       sync.Mutex
	file     string
	doctor   string
	lang     string // the doctor's language, "" = that of the profile or of the house
	profile  []byte
	began    time.Time
	lib      *flows.Library // the last that could be played, nil when there was none yet
	flow     string
	deeds    []deed // what the doctor did; files that change play it again from here
	talk     *rehearsal
	turned   *Turned        // how the last replay differed
	replayed int            // deeds played again by the last reload, -1 = the page acted since
	blocked  []lint.Problem // what forbids playing the files as they are
	fault    string         // gone, no_flow, unreadable, profile: why the files cannot be played, apart from findings
	revision int
	pages    map[chan struct{}]bool // open event streams
}

func newSession(opt PreviewOptions) *session {
	return &session{id: rand.Text(), fsys: opt.FS, now: opt.Now, profile: opt.Profile, pages: map[chan struct{}]bool{}}
}

// restart begins the talk anew, now.
func (s *session) restart() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.began = s.now().Truncate(time.Second)
	s.again(nil)
	s.changed()
}

// choose goes to another flow of the folder.
func (s *session) choose(file string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.file, s.lib, s.talk, s.began = file, nil, nil, s.now().Truncate(time.Second)
	s.load()
	s.again(nil)
	s.changed()
}

// imagine takes another doctor. Another seed is another person, who begins anew; another profile plays the same messages again.
func (s *session) imagine(doctor string, profile []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	deeds := s.deeds
	if doctor != s.doctor {
		deeds = nil
	}
	s.doctor, s.profile = doctor, profile
	s.again(deeds)
	s.changed()
}

// speak gives the doctor another language and plays the same messages again; false when the files do not have it.
func (s *session) speak(lang string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lib == nil || lang != "" && !slices.Contains(s.lib.Languages(), lang) {
		return false
	}
	s.lang = lang
	s.again(s.deeds)
	s.changed()
	return true
}

// say lets the doctor type a line, or speak it.
func (s *session) say(line string, spoken bool) bool {
	s.mu.Lock()
	in := flows.Input{Kind: flows.InText, Text: line}
	if s.lib != nil {
		in = s.lib.Said(line)
	}
	s.mu.Unlock()
	if spoken && in.Kind == flows.InText {
		in.Media = "voice-1"
	}
	return s.act(deed{In: in})
}

// act lets the doctor do something; false when there is no talk or it is too long.
func (s *session) act(d deed) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.talk == nil || len(s.talk.deeds) >= maxEntries {
		return false
	}
	s.talk.do(d)
	s.acted()
	return true
}

// wait turns the clock forward; reminders and expiry act at their own time.
func (s *session) wait(d time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.talk == nil {
		return false
	}
	for d > 0 && len(s.talk.deeds) < maxEntries {
		piece := s.talk.pieces(d)
		s.talk.do(deed{In: flows.Input{Kind: flows.InTick}, Wait: piece})
		d -= piece
	}
	s.acted()
	return true
}

// undo takes the last message back.
func (s *session) undo() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.talk == nil || len(s.talk.deeds) == 0 {
		return false
	}
	s.again(s.talk.deeds[:len(s.talk.deeds)-1])
	s.changed()
	return true
}

// acted keeps what was said so far as the talk that changed files play again.
func (s *session) acted() {
	s.deeds, s.turned, s.replayed = s.talk.deeds, nil, -1
	s.changed()
}

// again plays deeds on the files that could be read last.
func (s *session) again(deeds []deed) {
	s.deeds, s.turned, s.replayed = deeds, nil, -1
	if s.lib == nil {
		return
	}
	if !slices.Contains(s.lib.Languages(), s.lang) { // it may have gone with the last save
		s.lang = ""
	}
	t, err := newRehearsal(s.lib, s.flow, flows.PlayerOptions{Doctor: s.doctor, Profile: s.profile, Lang: s.lang, Now: s.began})
	if err != nil { // profiles are checked before they come here
		s.fault = "profile"
		return
	}
	s.turned = t.replay(deeds)
	s.talk = t
}

// reload brings the talk to the files as they are now; with mistakes in them it stays as it is.
func (s *session) reload() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.load() {
		s.again(s.deeds)
		if s.talk != nil {
			s.replayed = len(s.talk.deeds)
		}
	}
	s.changed()
}

// load reads the files; false when they cannot be played.
func (s *session) load() bool {
	lib, flow, err := flows.LoadFlow(s.fsys, s.file, s.began)
	s.blocked, s.fault = nil, ""
	var bad *flows.PlayError
	switch {
	case err == nil:
		s.lib, s.flow = whole(s.fsys, lib), flow
		return true
	case errors.As(err, &bad):
		s.blocked = bad.Problems
	case errors.Is(err, fs.ErrNotExist):
		s.fault = "gone"
	case errors.Is(err, flows.ErrNoFlow):
		s.fault = "no_flow"
	default:
		s.fault = "unreadable"
	}
	return false
}

// whole is the library of the whole folder, with its rules and its other flows, when no file of it has mistakes; else the part that a flow needs.
func whole(fsys fs.FS, part *flows.Library) *flows.Library {
	lib, problems := flows.Load(fsys)
	if lib == nil || lint.Blocks(problems, false) {
		return part
	}
	return lib
}

// changed counts the states of the page and tells the open pages. The lock is held.
func (s *session) changed() {
	s.revision++
	for page := range s.pages {
		select {
		case page <- struct{}{}:
		default: // it has not read the last word yet
		}
	}
}

// tell makes the pages look again.
func (s *session) tell() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed()
}

// follow opens an event stream; leave ends it.
func (s *session) follow() (page chan struct{}, leave func()) {
	page = make(chan struct{}, 1)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pages[page] = true
	return page, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.pages, page)
	}
}

// count is the number of the page's state.
func (s *session) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.revision
}

// due is by how much the clock must be turned until the next reminder, or until the talk expires; 0 = never.
func (s *session) due(what string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.talk == nil {
		return 0
	}
	remind, expire := s.talk.next()
	return map[string]time.Duration{"remind": remind, "expire": expire}[what]
}
