package console

import (
	"cmp"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/store"
)

// scenesPerPage is the number of rows of the list of codes.
const scenesPerPage = 100

// fieldVisited is the portrait field that the first visit writes when it is done.
const fieldVisited = "first_visit_done"

// sceneList is what the page about all codes shows.
type sceneList struct {
	store.ScenePage
	Search, Kind string
	Last, Ended  bool
	Filtered     bool
	Prev, Next   string // addresses, "" = none
	Kinds        []handoff.Option
	Reps         []store.RepEntry
	Flows        []flowChoice
	Acts         bool
	Fresh        bool // there is no code yet
	Form         sceneForm
	Problem      string // code of the word group "problem"
}

// flowChoice is a flow that a code may open.
type flowChoice struct{ ID, Title string }

// sceneForm is a new code as typed.
type sceneForm struct {
	Kind, Rep, Name, Flow, Until, Tags string
}

// Chosen marks the kind.
func (f sceneForm) Chosen() map[string]bool { return map[string]bool{f.Kind: true} }

func (c *Console) pageScenes(w http.ResponseWriter, v *request) error {
	return c.listScenes(w, v, http.StatusOK, sceneForm{Kind: store.SceneMeeting}, "")
}

func (c *Console) listScenes(w http.ResponseWriter, v *request, status int, form sceneForm, problem string) error {
	q := v.URL.Query()
	list := sceneList{
		Search: strings.TrimSpace(cut(strings.ToValidUTF8(q.Get("q"), ""), 128)), Kind: q.Get("kind"), Last: q.Get("touch") == "last", Ended: q.Get("ended") == "1",
		Acts: c.mayDo(v, "/console/scenes"), Form: form, Problem: problem, Kinds: c.sceneKinds(), Flows: c.openable(),
	}
	if !c.words.has("scene", list.Kind) {
		list.Kind = ""
	}
	list.Filtered = list.Search != "" || list.Kind != ""
	query := store.SceneQuery{Search: list.Search, Kind: list.Kind, Last: list.Last, Ended: list.Ended, Done: fieldVisited, Size: scenesPerPage}
	if page, err := strconv.Atoi(q.Get("page")); err == nil {
		query.Page = page
	}
	var err error
	if list.ScenePage, err = c.store.ScenePage(v.Context(), query); err != nil {
		return err
	}
	if list.Reps, err = c.store.Reps(v.Context()); err != nil {
		return err
	}
	list.Reps = slices.DeleteFunc(list.Reps, func(r store.RepEntry) bool { return !r.Active })
	list.Fresh = list.Total == 0 && !list.Filtered
	if list.Page > 1 {
		list.Prev = list.address(list.Page - 1)
	}
	if list.Page < list.Pages {
		list.Next = list.address(list.Page + 1)
	}
	return c.showStatus(w, v, status, "scenes", list)
}

// address is the list with the same filters at another page.
func (l sceneList) address(page int) string {
	q := url.Values{"page": {strconv.Itoa(page)}}
	for key, value := range map[string]string{"q": l.Search, "kind": l.Kind} {
		if value != "" {
			q.Set(key, value)
		}
	}
	if l.Last {
		q.Set("touch", "last")
	}
	if l.Ended {
		q.Set("ended", "1")
	}
	return "/console/scenes?" + q.Encode()
}

// sceneKinds are the kinds of codes in the order of the form.
func (c *Console) sceneKinds() []handoff.Option {
	var out []handoff.Option
	for _, kind := range []string{store.SceneMeeting, store.SceneRep, store.SceneHospital, store.SceneDepartment} {
		out = append(out, handoff.Option{Code: kind, Label: c.words.word("scene", kind)})
	}
	return out
}

// openable are the flows that begin by themselves: those that others call are no opening.
func (c *Console) openable() []flowChoice {
	var out []flowChoice
	for _, f := range c.flows() {
		if len(f.Start.On) > 0 && !f.Urgent {
			out = append(out, flowChoice{ID: f.ID, Title: cmp.Or(f.Title, f.ID)})
		}
	}
	return out
}

func (c *Console) doAddScene(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	form := sceneForm{
		Kind: v.PostForm.Get("kind"), Rep: v.PostForm.Get("rep"), Name: v.PostForm.Get("name"), Flow: v.PostForm.Get("flow"), Until: v.PostForm.Get("until"),
		Tags: v.PostForm.Get("tags"),
	}
	sc, ok := c.newScene(form, v.user.Name)
	var err error
	if ok {
		sc, err = c.store.AddScene(v.Context(), sc, splitTags(form.Tags))
	}
	if !ok || errors.Is(err, store.ErrScene) {
		return c.listScenes(w, v, http.StatusUnprocessableEntity, form, "code")
	}
	if err != nil {
		return err
	}
	return c.back(w, v, "code_made", "/console/scenes/"+sc.ID)
}

// newScene reads the form. A code that lasts longer than the platform's temporary pictures gets a permanent one, of which an account has a limited number.
func (c *Console) newScene(form sceneForm, by string) (store.Scene, bool) {
	sc := store.Scene{Kind: form.Kind, Target: form.Rep, Flow: form.Flow, CreatedBy: by}
	if form.Kind != store.SceneRep {
		sc.Name, sc.Target = form.Name, cut(strings.TrimSpace(form.Name), 64)
	}
	if form.Flow != "" && !slices.ContainsFunc(c.openable(), func(f flowChoice) bool { return f.ID == form.Flow }) {
		return sc, false
	}
	if form.Until != "" {
		day, err := time.ParseInLocation(time.DateOnly, form.Until, c.zone)
		if err != nil {
			return sc, false
		}
		sc.ValidUntil = day.AddDate(0, 0, 1).UnixMilli()
	}
	sc.Permanent = sc.ValidUntil == 0 || sc.ValidUntil > c.now().Add(longestTicket).UnixMilli()
	return sc, true
}

// splitTags parts what was typed at commas and their Chinese cousins.
func splitTags(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;\n\uff0c\u3001\uff1b", r) })
}

// doAddRepScenes makes a code for every rep who has none.
func (c *Console) doAddRepScenes(w http.ResponseWriter, v *request) error {
	n, err := c.store.AddRepScenes(v.Context(), "", v.user.Name)
	if err != nil {
		return err
	}
	notice := "codes_made"
	if n == 0 {
		notice = "codes_none"
	}
	return c.back(w, v, notice, "/console/scenes?kind="+store.SceneRep)
}

func (c *Console) doCloseScene(w http.ResponseWriter, v *request) error {
	id := v.PathValue("id")
	err := c.store.CloseScene(v.Context(), id, v.user.Name)
	notice := "code_closed"
	if errors.Is(err, store.ErrMoved) {
		notice, err = "gone", nil
	}
	if err != nil {
		return err
	}
	return c.back(w, v, notice, "/console/scenes/"+id)
}
