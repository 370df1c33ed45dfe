package sim

import (
	"net/http"
	"slices"
)

// Limits of tags. The platform's pages give the length of a name and fifty
// openids a call; the other two are from memory of its back office.
const (
	firstTag   = 100 // ids below belong to the platform
	maxTags    = 100 // of an account
	tagsOfUser = 20
	tagBatch   = 50 // openids of a call
	maxTagName = 30 // bytes
)

var (
	errTag     = &apiError{code: 45159, text: "invalid tag"}
	errOwnTag  = &apiError{code: 45058, text: "can't modify sys tag"}
	errTagName = &apiError{code: 45157, text: "invalid tag name"}
)

// tag is a label that the account gave to followers.
type tag struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

// tagByID finds a tag; the caller holds the lock.
func (p *Platform) tagByID(id int) *tag {
	if i := slices.IndexFunc(p.state.Tags, func(t *tag) bool { return t.ID == id }); i >= 0 {
		return p.state.Tags[i]
	}
	return nil
}

type tagOrder struct {
	Tag struct {
		ID   int    `json:"id"`
		Name string `json:"name"`
	} `json:"tag"`
}

// checkTagName refuses names that are too long or taken; the caller holds the lock.
func (p *Platform) checkTagName(name string, except int) *apiError {
	switch {
	case len(name) > maxTagName:
		return &apiError{code: 45158, text: "tag name too long"}
	case name == "" || slices.ContainsFunc(p.state.Tags, func(t *tag) bool { return t.Name == name && t.ID != except }):
		return errTagName
	}
	return nil
}

// tagCreate is POST tags/create.
func (p *Platform) tagCreate(r *http.Request) (map[string]any, *apiError) {
	var in tagOrder
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if fault := p.checkTagName(in.Tag.Name, 0); fault != nil {
		return nil, fault
	}
	if len(p.state.Tags) >= maxTags {
		return nil, &apiError{code: 45056, text: "too many tag now, no need to add new"}
	}
	p.state.LastTag++
	t := &tag{ID: p.state.LastTag, Name: in.Tag.Name}
	p.state.Tags = append(p.state.Tags, t)
	p.changed("tags")
	return map[string]any{"tag": map[string]any{"id": t.ID, "name": t.Name}}, nil
}

// tagList is GET tags/get.
func (p *Platform) tagList(*http.Request) (map[string]any, *apiError) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return map[string]any{"tags": p.tagViews()}, nil
}

// tagView is a tag with its number of followers.
type tagView struct {
	ID    int    `json:"id"`
	Name  string `json:"name"`
	Count int    `json:"count"`
}

func (p *Platform) tagViews() []tagView {
	list := []tagView{}
	for _, t := range p.state.Tags {
		list = append(list, tagView{t.ID, t.Name, len(p.followers(t.ID))})
	}
	return list
}

// tagUpdate is POST tags/update.
func (p *Platform) tagUpdate(r *http.Request) (map[string]any, *apiError) {
	var in tagOrder
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	t := p.tagByID(in.Tag.ID)
	switch {
	case in.Tag.ID < firstTag:
		return nil, errOwnTag
	case t == nil:
		return nil, errTag
	}
	if fault := p.checkTagName(in.Tag.Name, t.ID); fault != nil {
		return nil, fault
	}
	t.Name = in.Tag.Name
	p.changed("tags")
	return nil, nil
}

// tagDelete is POST tags/delete; followers lose the tag too.
func (p *Platform) tagDelete(r *http.Request) (map[string]any, *apiError) {
	var in tagOrder
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	id := in.Tag.ID
	switch {
	case id < firstTag:
		return nil, errOwnTag
	case p.tagByID(id) == nil:
		return nil, errTag
	}
	p.state.Tags = slices.DeleteFunc(p.state.Tags, func(t *tag) bool { return t.ID == id })
	for _, u := range p.state.Users {
		u.Tags = slices.DeleteFunc(u.Tags, func(t int) bool { return t == id })
	}
	p.changed("tags")
	return nil, nil
}

// tagUsers is POST user/tag/get.
func (p *Platform) tagUsers(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		TagID int    `json:"tagid"`
		Next  string `json:"next_openid"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tagByID(in.TagID) == nil {
		return nil, errTag
	}
	page, next, fault := p.page(p.followers(in.TagID), in.Next)
	if fault != nil {
		return nil, fault
	}
	out := map[string]any{"count": len(page)}
	if len(page) > 0 {
		out["data"], out["next_openid"] = map[string]any{"openid": page}, next
	}
	return out, nil
}

// tagsOf is POST tags/getidlist.
func (p *Platform) tagsOf(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		OpenID string `json:"openid"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	u := p.byOpen[in.OpenID]
	if u == nil {
		return nil, errOpenID
	}
	return map[string]any{"tagid_list": append([]int{}, u.Tags...)}, nil
}

// tagPeople is POST tags/members/batchtagging.
func (p *Platform) tagPeople(r *http.Request) (map[string]any, *apiError) {
	return p.changeTags(r, func(u *user, id int) *apiError {
		switch {
		case slices.Contains(u.Tags, id):
			return nil
		case len(u.Tags) >= tagsOfUser:
			return &apiError{code: 45059, text: "can't add this tag to a user: too many tags"}
		}
		u.Tags = append(u.Tags, id)
		return nil
	})
}

// untagPeople is POST tags/members/batchuntagging.
func (p *Platform) untagPeople(r *http.Request) (map[string]any, *apiError) {
	return p.changeTags(r, func(u *user, id int) *apiError {
		u.Tags = slices.DeleteFunc(u.Tags, func(t int) bool { return t == id })
		return nil
	})
}

func (p *Platform) changeTags(r *http.Request, change func(*user, int) *apiError) (map[string]any, *apiError) {
	var in struct {
		List  []string `json:"openid_list"`
		TagID int      `json:"tagid"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	if len(in.List) == 0 || len(in.List) > tagBatch {
		return nil, &apiError{code: 40032, text: "invalid openid list size"}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.tagByID(in.TagID) == nil {
		return nil, errTag
	}
	var people []*user
	for _, openid := range in.List {
		u := p.byOpen[openid]
		if u == nil || !u.Following {
			return nil, errOpenID
		}
		people = append(people, u)
	}
	for _, u := range people {
		if fault := change(u, in.TagID); fault != nil {
			return nil, fault
		}
		p.changed("user:" + u.ID)
	}
	return nil, nil
}

// tagNames are the names of a user's tags; the caller holds the lock.
func (p *Platform) tagNames(u *user) []string {
	out := []string{}
	for _, id := range u.Tags {
		if t := p.tagByID(id); t != nil {
			out = append(out, t.Name)
		}
	}
	return out
}
