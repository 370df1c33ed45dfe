package console

import (
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/bot/handoff"
	"github.com/vrep/vrep/store"
)

// campaignsShown is the number of campaigns in the list.
const campaignsShown = 100

// campaignDays is what the form offers: days without an effective interaction, and how long a campaign runs.
const (
	campaignQuiet = 90
	campaignRun   = 30
	campaignPace  = 50
)

// campaignList is the page of all campaigns.
type campaignList struct {
	Rows     []campaignRow
	Acts     bool
	Segments []store.Segment
	Flows    []flowChoice
	Kinds    []handoff.Option
	Form     campaignForm
	Problem  string // code of the word group "problem"
}

// campaignRow is one line of it.
type campaignRow struct {
	store.Campaign
	Result store.CampaignResult
}

// campaignForm is a new campaign as typed.
type campaignForm struct {
	Kind, Title, Segment, Flow, Inputs, Days, Daily, From, Until string
}

// Chosen marks the kind.
func (f campaignForm) Chosen() map[string]bool { return map[string]bool{f.Kind: true} }

// campaignPage is one campaign.
type campaignPage struct {
	store.Campaign
	Result    store.CampaignResult
	Preview   *store.Preview // of one that has not begun; nil when its condition cannot be counted
	SegmentIs string
	Given     []string // what the flow is given
	FlowTitle string
	Acts      bool
	Two       bool // a second person is needed
	Shown     []countLine
	Waiting   []countLine
	Why       []countLine
	Problem   string // code of the word group "problem"
}

// Spans is about how many days it takes to speak to so many doctors.
func (p campaignPage) Spans(doctors int) int { return (doctors + p.Daily - 1) / p.Daily }

// countLine is a reason with how many doctors it holds for.
type countLine struct {
	Why string
	N   int
}

func (c *Console) pageCampaigns(w http.ResponseWriter, v *request) error {
	day := func(days int) string { return c.now().In(c.zone).AddDate(0, 0, days).Format(formDay) }
	form := campaignForm{
		Kind: store.CampaignReactivation, Segment: v.URL.Query().Get("segment"), Flow: "reactivate", Days: strconv.Itoa(campaignQuiet), Daily: strconv.Itoa(campaignPace),
		From: day(0), Until: day(campaignRun),
	}
	view, err := c.campaignList(v, form, "")
	if err != nil {
		return err
	}
	return c.show(w, v, "campaigns", view)
}

func (c *Console) campaignList(v *request, form campaignForm, problem string) (campaignList, error) {
	view := campaignList{Acts: c.mayDo(v, "/console/campaigns"), Form: form, Problem: problem, Flows: c.pushable()}
	for _, kind := range store.CampaignKinds {
		view.Kinds = append(view.Kinds, handoff.Option{Code: kind, Label: c.words.word("campaignkind", kind)})
	}
	var err error
	if view.Segments, err = c.store.Segments(v.Context()); err != nil {
		return view, err
	}
	rows, err := c.store.Campaigns(v.Context(), campaignsShown)
	if err != nil {
		return view, err
	}
	for _, r := range rows {
		result, err := c.store.CampaignResult(v.Context(), r.ID)
		if err != nil {
			return view, err
		}
		view.Rows = append(view.Rows, campaignRow{r, result})
	}
	return view, nil
}

// pushable are the flows that a campaign may begin: they begin on a push, and are no matter of the doctor's own. "" is content that fits.
func (c *Console) pushable() []flowChoice {
	lib := c.libraryNow()
	if lib == nil {
		return nil
	}
	var out []flowChoice
	for _, f := range lib.Flows() {
		for _, on := range f.Start.On {
			if on.Kind == "push" && on.Key == f.ID && !f.Service {
				out = append(out, flowChoice{f.ID, c.flowTitle(f.ID)})
			}
		}
	}
	return out
}

// doAddCampaign makes a draft.
func (c *Console) doAddCampaign(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	form := campaignForm{
		Kind: v.PostForm.Get("kind"), Title: typedText(v, "title"), Segment: v.PostForm.Get("segment"), Flow: v.PostForm.Get("flow"),
		Inputs: typedText(v, "inputs"),
		Days:   v.PostForm.Get("days"), Daily: v.PostForm.Get("daily"), From: v.PostForm.Get("from"), Until: v.PostForm.Get("until"),
	}
	made, err := c.addCampaign(v, form)
	if errors.Is(err, store.ErrCampaign) || errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrTaken) {
		view, err := c.campaignList(v, form, "campaign")
		if err != nil {
			return err
		}
		return c.again(w, v, "campaigns", view)
	}
	if err != nil {
		return err
	}
	http.Redirect(w, v.Request, "/console/campaigns/"+made.ID, http.StatusSeeOther)
	return nil
}

func (c *Console) addCampaign(v *request, form campaignForm) (store.Campaign, error) {
	row := store.Campaign{Kind: form.Kind, Title: form.Title, Segment: form.Segment, Flow: form.Flow}
	var err error
	if row.Days, err = strconv.Atoi(cmp.Or(form.Days, "0")); err != nil {
		return row, store.ErrCampaign
	}
	if row.Daily, err = strconv.Atoi(form.Daily); err != nil {
		return row, store.ErrCampaign
	}
	from, errFrom := time.ParseInLocation(formDay, form.From, c.zone)
	until, errUntil := time.ParseInLocation(formDay, form.Until, c.zone)
	if errFrom != nil || errUntil != nil || form.Flow != "" && !slices.ContainsFunc(c.pushable(), func(f flowChoice) bool { return f.ID == form.Flow }) {
		return row, store.ErrCampaign
	}
	if form.Flow != "" {
		var ok bool
		if row.Inputs, ok = c.readInputs(form.Flow, form.Inputs); !ok {
			return row, store.ErrCampaign
		}
	}
	row.FromAt, row.UntilAt = from.UnixMilli(), until.AddDate(0, 0, 1).UnixMilli()
	return c.store.AddCampaign(v.Context(), row)
}

func (c *Console) pageCampaign(w http.ResponseWriter, v *request) error {
	p, err := c.campaignPage(v)
	if err != nil {
		return err
	}
	return c.show(w, v, "campaign", p)
}

func (c *Console) campaignPage(v *request) (campaignPage, error) {
	row, err := c.store.Campaign(v.Context(), v.PathValue("id"))
	if err != nil {
		return campaignPage{}, err
	}
	p := campaignPage{Campaign: row, Acts: c.mayDo(v, pathMoveCampaign)}
	if row.Flow != "" {
		p.FlowTitle, p.Given = c.flowTitle(row.Flow), inputLines(row.Inputs)
	}
	if g, err := c.store.Segment(v.Context(), row.Segment); err == nil {
		p.SegmentIs = g.Name
	} else if !errors.Is(err, store.ErrNotFound) {
		return p, err
	}
	if p.Result, err = c.store.CampaignResult(v.Context(), row.ID); err != nil {
		return p, err
	}
	p.Shown, p.Waiting, p.Why = countLines(row.Left()), countLines(p.Result.Waiting), countLines(p.Result.Why)
	if !row.May("start") {
		return p, nil
	}
	return p, c.preview(v, &p)
}

// preview counts whom a campaign that has not begun would speak to.
func (c *Console) preview(v *request, p *campaignPage) error {
	g, problems := c.insight.Segment(p.Source)
	switch {
	case g == nil || len(problems) > 0:
		p.Problem = "campaign_condition"
		return nil
	case v.masked() && c.readsHidden(c.insight.Filter(g)):
		p.Problem = "hidden_field"
		return nil
	}
	counted, err := c.store.PreviewCampaign(v.Context(), p.Campaign, c.insight.Filter(g))
	if err != nil {
		return err
	}
	p.Preview, p.Two, p.Shown = &counted, counted.Reach > store.CampaignAlone, countLines(counted.Left)
	return nil
}

// countLines are reasons with their numbers, most first.
func countLines(counts map[string]int) []countLine {
	var out []countLine
	for why, n := range counts {
		out = append(out, countLine{why, n})
	}
	slices.SortFunc(out, func(a, b countLine) int { return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Why, b.Why)) })
	return out
}

// campaignBody is what a proposal shows to the one who decides.
func (c *Console) campaignBody(p campaignPage) actBody {
	body := actBody{"campaign": p.ID, "title": p.Title, "condition": p.Source, "count": strconv.Itoa(p.Preview.Reach), "campaignkind": c.words.word("campaignkind", p.Kind)}
	if p.Flow != "" {
		body["flow"] = p.FlowTitle
	}
	return body
}

// inputLines is what a campaign gives to its flow, a line for each: name=value.
func inputLines(inputs string) []string {
	given := map[string]string{}
	if inputs == "" || json.Unmarshal([]byte(inputs), &given) != nil {
		return nil
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(given)) {
		out = append(out, name+"="+given[name])
	}
	return out
}

// readInputs reads such lines. false: a line without a name, or what the flow does not take.
func (c *Console) readInputs(flow, typed string) (string, bool) {
	given := map[string]string{}
	for line := range strings.Lines(typed) {
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		name, value, ok := strings.Cut(line, "=")
		if !ok {
			return "", false
		}
		given[strings.TrimSpace(name)] = strings.TrimSpace(value)
	}
	f := c.libraryNow().Flow(flow)
	if f == nil || !f.Takes(given) {
		return "", false
	}
	b, err := json.Marshal(given)
	return string(b), err == nil
}
