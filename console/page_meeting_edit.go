package console

import (
	"cmp"
	"encoding/json"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/vrep/vrep/flows"
	"github.com/vrep/vrep/store"
)

// formMinute is a time in a form.
const formMinute = "2006-01-02T15:04"

// spareItems are the empty lines below an agenda.
const spareItems = 3

// meetingForm is a meeting while it is written.
type meetingForm struct {
	store.Meeting
	Items    []store.MeetingItem
	Begins   string
	Ends     string
	Until    string // last day on which the approval holds
	Modes    []string
	Roles    []string
	Topics   []flows.Choice
	Chosen   map[string]bool
	Products []flows.ProductInfo
	Problem  string // code of the word group notice
}

// doctorID is what the id of a doctor looks like.
var doctorID = regexp.MustCompile(`^[0-9a-f]{32}$`)

func (c *Console) pageEditMeeting(w http.ResponseWriter, v *request) error {
	form := meetingForm{Meeting: store.Meeting{Mode: store.MeetingModes[0], Topics: "[]"}}
	if id := v.URL.Query().Get("id"); id != "" {
		f, err := c.store.MeetingFile(v.Context(), id)
		if err != nil {
			return err
		}
		form.Meeting, form.Items = f.Meeting, f.Items
	}
	return c.show(w, v, "meeting_edit", c.meetingForm(form))
}

// meetingForm fills what the form offers.
func (c *Console) meetingForm(f meetingForm) meetingForm {
	f.Begins, f.Ends = c.clock(f.BeginsAt, formMinute), c.clock(f.EndsAt, formMinute)
	if f.ApprovalUntil > 0 {
		f.Until = c.clock(f.ApprovalUntil-1, formDay)
	}
	f.Modes, f.Roles, f.Topics, f.Chosen = store.MeetingModes, store.MeetingRoles, c.topicList(), chosenTopics(f.Meeting.Topics)
	if lib := c.libraryNow(); lib != nil && lib.Classes() != nil {
		f.Products = lib.Classes().Products
	}
	for range min(spareItems, store.MeetingItems-len(f.Items)) {
		f.Items = append(f.Items, store.MeetingItem{Role: "speaker"})
	}
	return f
}

// topicList are the topics that a meeting may have.
func (c *Console) topicList() []flows.Choice {
	lib := c.libraryNow()
	if lib == nil || lib.Lists()["topics"] == nil {
		return nil
	}
	return lib.Lists()["topics"].Items
}

func chosenTopics(topics string) map[string]bool {
	var codes []string
	if json.Unmarshal([]byte(topics), &codes) != nil {
		return nil
	}
	chosen := make(map[string]bool, len(codes))
	for _, code := range codes {
		chosen[code] = true
	}
	return chosen
}

// doSaveMeeting writes a meeting, as a new one or over the version that was read.
func (c *Console) doSaveMeeting(w http.ResponseWriter, v *request) error {
	if err := v.ParseForm(); err != nil {
		return err
	}
	form := meetingForm{Items: agendaOf(v)}
	if id := v.PostForm.Get("id"); id != "" {
		f, err := c.store.MeetingFile(v.Context(), id)
		if err != nil {
			return err
		}
		form.Meeting = f.Meeting
		if form.Version, err = strconv.ParseInt(v.PostForm.Get("version"), 10, 64); err != nil || form.Version < 1 {
			return store.ErrNotFound
		}
	}
	c.typedMeeting(v, &form.Meeting)
	saved, err := c.store.SaveMeeting(v.Context(), form.Meeting, form.Items)
	for notice, refusal := range map[string]error{"meeting_invalid": store.ErrMeeting, "super_long": store.ErrTooLong, "gone": store.ErrMoved, "meeting_nobody": store.ErrNotFound} {
		if errors.Is(err, refusal) {
			form.Problem = notice
			return c.showStatus(w, v, http.StatusUnprocessableEntity, "meeting_edit", c.meetingForm(form))
		}
	}
	if err != nil {
		return err
	}
	return c.back(w, v, "meeting_saved", "/console/meetings/"+saved.ID)
}

// typedMeeting reads what was typed over m.
func (c *Console) typedMeeting(v *request, m *store.Meeting) {
	at := func(name, layout string) time.Time {
		t, err := time.ParseInLocation(layout, v.PostForm.Get(name), c.zone)
		if err != nil {
			return time.UnixMilli(0)
		}
		return t
	}
	m.Title, m.Mode, m.Place, m.Host = typedText(v, "title"), v.PostForm.Get("mode"), typedText(v, "place"), typedText(v, "host")
	m.Product, m.ApprovalNo = v.PostForm.Get("product"), typedText(v, "approval_no")
	m.BeginsAt, m.EndsAt = at("begins", formMinute).UnixMilli(), at("ends", formMinute).UnixMilli()
	if m.ApprovalUntil = 0; v.PostForm.Get("until") != "" {
		m.ApprovalUntil = at("until", formDay).AddDate(0, 0, 1).UnixMilli()
	}
	m.Topics = "[]"
	if b, err := json.Marshal(v.PostForm["topics"]); err == nil && len(v.PostForm["topics"]) > 0 {
		m.Topics = string(b)
	}
	m.Threshold, _ = strconv.Atoi(cmp.Or(v.PostForm.Get("threshold"), "0"))
}

// agendaOf reads the lines of the agenda that have a subject.
func agendaOf(v *request) []store.MeetingItem {
	var items []store.MeetingItem
	f := v.PostForm
	for i := range f["topic"] {
		of := func(name string) string {
			if i < len(f[name]) {
				return strings.TrimSpace(f[name][i])
			}
			return ""
		}
		item := store.MeetingItem{Clock: of("clock"), Topic: of("topic"), Role: of("role"), Name: of("who")}
		if item.Topic == "" && item.Name == "" {
			continue
		}
		if doctorID.MatchString(item.Name) {
			item.Doctor, item.Name = item.Name, ""
		}
		items = append(items, item)
	}
	return items
}
