package console

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/vrep/vrep/bot/release"
	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/flows/author"
	"github.com/vrep/vrep/store"
)

// maxReason is the longest reason and the longest text to doctors that a form takes, in bytes.
const maxReason = 1500

// releaseView is what the page of one release shows.
type releaseView struct {
	Release release.Listed
	Draft   *release.Draft // what putting it into force again would change; nil when it cannot be
	Rules   []rulesDiff    // how its rules differ from those in force
	Shares  []int
	Acts    bool
	Problem string // code of the word group "problem"
	Reason  string // as it was typed
}

func (c *Console) pageRelease(w http.ResponseWriter, v *request) error {
	view, err := c.releaseView(v)
	if err != nil {
		return err
	}
	return c.show(w, v, "release", view)
}

func (c *Console) releaseView(v *request) (releaseView, error) {
	view := releaseView{Acts: c.mayDo(v, "/console/releases/{id}/share"), Shares: []int{0, 10, 30, 50, 100}}
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return view, store.ErrNotFound
	}
	if view.Release, err = c.releases.Listed(v.Context(), id); err != nil {
		return view, err
	}
	if view.Release.State == release.StateInForce {
		return view, nil
	}
	view.Draft, err = c.releases.Back(v.Context(), id)
	if errors.Is(err, release.ErrUnreadable) {
		return view, nil
	}
	if err != nil || len(view.Draft.Rules) == 0 {
		return view, err
	}
	current, err := c.releases.Current(v.Context())
	if err == nil && current.Library != nil {
		view.Rules = rulesDiffs(current.Library, view.Draft.Library(), view.Draft.Rules)
	}
	return view, err
}

// rulesDiff is how one file of rules differs, line by line.
type rulesDiff struct{ File, Lines string }

func rulesDiffs(old, now *flows.Library, names []string) []rulesDiff {
	var out []rulesDiff
	was, is := old.RulesFiles(), now.RulesFiles()
	for _, name := range names {
		out = append(out, rulesDiff{name, author.LineDiff(name, was[name], is[name])})
	}
	return out
}

// reasonOf reads the reason of an act; "" when it is missing.
func reasonOf(v *request) (string, error) {
	if err := v.ParseForm(); err != nil {
		return "", err
	}
	return typedText(v, "reason"), nil
}

func typedText(v *request, name string) string {
	return strings.TrimSpace(strings.ToValidUTF8(cut(v.PostForm.Get(name), maxReason), ""))
}

// again shows the form once more with what is wrong.
func (c *Console) again(w http.ResponseWriter, v *request, name string, data any) error {
	return c.render(w, http.StatusUnprocessableEntity, name, page{Shell: v.shell, Data: data})
}

// doRollback puts the folder of a release into force again.
func (c *Console) doRollback(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	view, err := c.releaseView(v)
	if err != nil {
		return err
	}
	if reason == "" {
		view.Problem = "why"
		return c.again(w, v, "release", view)
	}
	if view.Draft == nil {
		return c.back(w, v, "gone", "/console/flows")
	}
	done, err := c.releases.Publish(v.Context(), view.Draft, release.Order{Share: 100, Author: v.user.Name, Message: reason})
	switch {
	case errors.Is(err, release.ErrSame):
		return c.back(w, v, "gone", "/console/flows")
	case errors.Is(err, store.ErrNoReason):
		view.Problem, view.Reason = "why", reason
		return c.again(w, v, "release", view)
	case err != nil:
		return err
	case done.Cause == store.ReleaseRules:
		return c.back(w, v, "proposed", "/console/approvals")
	}
	c.log.Info("flows rolled back", "release", done.ID, "user", v.user.Name)
	return c.back(w, v, "rolled_back", "/console/flows")
}

// doShare gives a release to fewer doctors, or asks for a second person to give it to more.
func (c *Console) doShare(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	view, err := c.releaseView(v)
	if err != nil {
		return err
	}
	share, err := strconv.Atoi(v.PostForm.Get("share"))
	if err != nil || share < 0 || share > 100 {
		return store.ErrNotFound
	}
	if view.Release.State == release.StateWaiting {
		return c.back(w, v, "gone", "/console/flows")
	}
	if reason == "" {
		view.Problem = "why"
		return c.again(w, v, "release", view)
	}
	if share > view.Release.Share {
		id := strconv.FormatInt(view.Release.ID, 10)
		return c.propose(w, v, store.ActShare, "release:"+id, actBody{"release": id, "share": strconv.Itoa(share)}, reason, "/console/releases/"+id)
	}
	err = c.releases.Share(v.Context(), view.Release.ID, share, v.user.Name, reason)
	switch {
	case errors.Is(err, store.ErrMoved):
		return c.back(w, v, "gone", "/console/flows")
	case errors.Is(err, store.ErrLastRelease):
		view.Problem, view.Reason = "last_release", reason
		return c.again(w, v, "release", view)
	case err != nil:
		return err
	}
	return c.back(w, v, "shared", "/console/flows")
}

// Scopes of a recall.
const (
	scopeText  = "text"
	scopeShape = "shape"
)

// recallForm is what the page about recalling a version shows.
type recallForm struct {
	Flow, Title, Version string
	Open                 int
	InForce              bool
	Scope                string // text: this wording; shape: every wording of its structure
	Policy, Reason, Say  string // as they were typed
	Problem              string // code of the word group "problem"
}

func (c *Console) recallForm(v *request, version string) (recallForm, error) {
	f := recallForm{Flow: v.PathValue("id"), Policy: store.RecallStop, Scope: scopeText}
	var err error
	if _, f.Version, err = c.releases.Version(v.Context(), f.Flow+"@"+version); errors.Is(err, release.ErrVersion) {
		return f, store.ErrNotFound
	}
	if err != nil {
		return f, err
	}
	o, err := c.releases.Overview(v.Context())
	if err != nil {
		return f, err
	}
	f.Title, f.Open = c.flowTitle(f.Flow), o.Open(f.Flow, f.Version)
	if flow := c.flow(f.Flow); flow != nil {
		f.InForce = strings.HasPrefix(flow.Hash(), f.Version)
	}
	return f, nil
}

func (c *Console) pageRecall(w http.ResponseWriter, v *request) error {
	f, err := c.recallForm(v, v.URL.Query().Get("version"))
	if err != nil {
		return err
	}
	return c.show(w, v, "recall", f)
}

// doRecall withdraws a version of a flow.
func (c *Console) doRecall(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	f, err := c.recallForm(v, v.PostForm.Get("version"))
	if err != nil {
		return err
	}
	f.Reason, f.Say, f.Policy = reason, typedText(v, "say"), v.PostForm.Get("policy")
	f.Scope = v.PostForm.Get("scope")
	if f.Policy != store.RecallMove && f.Policy != store.RecallStop || f.Scope != scopeText && f.Scope != scopeShape {
		return store.ErrNotFound
	}
	if reason == "" {
		f.Problem = "why"
		return c.again(w, v, "recall", f)
	}
	version := f.Version
	if f.Scope == scopeShape {
		version = flows.ShapeOf(version)
	}
	_, _, err = c.releases.Recall(v.Context(), store.Recall{
		Flow: f.Flow, Version: version, Policy: f.Policy, Reason: reason, Say: f.Say, Author: v.user.Name,
	})
	switch {
	case errors.Is(err, release.ErrRecalled):
		return c.back(w, v, "gone", "/console/flows/"+f.Flow)
	case errors.Is(err, release.ErrNowhere):
		f.Problem = "nowhere"
		return c.again(w, v, "recall", f)
	case err != nil:
		return err
	}
	return c.back(w, v, "recalled", "/console/flows/"+f.Flow)
}

// doLift asks for a second person to end a recall: what was withdrawn comes back.
func (c *Console) doLift(w http.ResponseWriter, v *request) error {
	reason, err := reasonOf(v)
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return store.ErrNotFound
	}
	if reason == "" {
		return c.back(w, v, "unlifted", "/console/flows")
	}
	recall := strconv.FormatInt(id, 10)
	return c.propose(w, v, store.ActLift, "recall:"+recall, actBody{"recall": recall}, reason, "/console/flows")
}
