package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/vrep/vrep/bot/insight"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// maxSegment is the longest condition that a form takes, in bytes: the limit of the language.
const maxSegment = 1024

// effortSpan is how far back the effort beside a doctor goes.
const effortSpan = 90 * 24 * time.Hour

// segmentView is what the page of segments shows.
type segmentView struct {
	Saved    []store.Segment
	Segment  store.Segment // open; ID "" = a new one
	Source   string        // as it stands in the field
	After    string        // the sample goes on after this doctor
	Doctor   string        // whose membership is asked for
	Problems []flows.Problem
	Counted  *insight.Counted
	Efforts  map[string]store.Effort
	Why      []flows.SegmentLine
	Names    []nameGroup
	Examples []segmentExample
	Acts     bool
	Problem  string // code of the word group "problem"
}

func (c *Console) pageSegments(w http.ResponseWriter, v *request) error {
	view, err := c.segmentView(v, v.URL.Query())
	if err != nil {
		return err
	}
	return c.show(w, v, "segments", view)
}

// segmentView reads the saved segments, and tries the one that is open or typed.
func (c *Console) segmentView(v *request, form url.Values) (segmentView, error) {
	view := segmentView{Acts: v.user.Role == store.RoleAdmin || v.user.Role == store.RoleOperations}
	lib := c.libraryNow()
	if lib == nil {
		return view, store.ErrNotFound
	}
	view.Names, view.Examples = c.segmentNames(lib), c.segmentExamples()
	var err error
	if view.Saved, err = c.store.Segments(v.Context()); err != nil {
		return view, err
	}
	if id := form.Get("id"); id != "" {
		if view.Segment, err = c.store.Segment(v.Context(), id); err != nil {
			return view, err
		}
		view.Source = view.Segment.Source
	}
	if typed := form.Get("source"); typed != "" {
		view.Source = cut(typed, maxSegment)
	}
	view.Doctor, view.After = form.Get("doctor"), form.Get("after")
	if view.Source == "" {
		return view, nil
	}
	return view, c.trySegment(v, &view)
}

// trySegment counts a condition, shows a sample, and says line by line why one doctor is in or not.
func (c *Console) trySegment(v *request, view *segmentView) error {
	g, problems := c.insight.Segment(view.Source)
	if view.Problems = problems; g == nil {
		return nil
	}
	if v.masked() && c.readsHidden(c.insight.Filter(g)) {
		view.Problem = "hidden_field"
		return nil
	}
	counted, err := c.insight.Count(v.Context(), g, view.After)
	if err != nil {
		return err
	}
	view.Counted = &counted
	ids := make([]string, len(counted.Sample))
	for i, d := range counted.Sample {
		ids[i] = d.Doctor
	}
	if view.Efforts, err = c.store.Efforts(v.Context(), ids, c.now().Add(-effortSpan).UnixMilli()); err != nil || view.Doctor == "" {
		return err
	}
	sees, err := c.store.SeesDoctor(v.Context(), view.Doctor)
	if err != nil {
		return err
	}
	if !sees {
		view.Problem = "nodoctor"
		return nil
	}
	view.Why, err = c.insight.Why(v.Context(), g, view.Doctor)
	if errors.Is(err, store.ErrNotFound) {
		view.Problem, err = "nodoctor", nil
	}
	return err
}

// readsHidden tells whether a condition looks at a value that who sees no names must not find out by trying.
func (c *Console) readsHidden(f store.Filter) bool {
	return f.Atom.Of == flows.AtomField && c.store.Protected(f.Atom.Name) || slices.ContainsFunc(f.Kids, c.readsHidden)
}

// doSaveSegment saves what was typed, as a new segment or over the one that is open.
func (c *Console) doSaveSegment(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	view, err := c.segmentView(v, v.PostForm)
	if err != nil {
		return err
	}
	if len(view.Problems) > 0 {
		return c.again(w, v, "segments", view)
	}
	g := view.Segment
	g.Name, g.Note, g.Source, g.Actor = typedText(v, "name"), typedText(v, "note"), view.Source, v.user.Name
	if version, err := strconv.ParseInt(v.PostForm.Get("version"), 10, 64); err == nil && g.ID != "" {
		g.Version = version
	}
	saved, err := c.store.SaveSegment(v.Context(), g)
	for code, refusal := range map[string]error{"segment": store.ErrSegment, "taken": store.ErrTaken, "moved": store.ErrMoved} {
		if errors.Is(err, refusal) {
			view.Problem, view.Segment = code, g
			return c.again(w, v, "segments", view)
		}
	}
	if err != nil {
		return err
	}
	http.Redirect(w, v.Request, "/console/segments?id="+saved.ID, http.StatusSeeOther)
	return nil
}

func (c *Console) doDropSegment(w http.ResponseWriter, v *request) error {
	if err := c.store.DropSegment(v.Context(), v.PathValue("id"), v.user.Name); err != nil {
		return err
	}
	http.Redirect(w, v.Request, "/console/segments", http.StatusSeeOther)
	return nil
}

// libraryNow is the library in force, nil without one.
func (c *Console) libraryNow() *flows.Library {
	if c.library == nil {
		return nil
	}
	return c.library()
}
