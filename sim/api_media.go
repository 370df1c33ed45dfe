package sim

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
)

const maxInlinePicture = 1 << 20 // bytes of media/uploadimg

// readUpload takes the form field media of a known type and keeps it within
// the rules of that type.
func readUpload(r *http.Request, kind string) (*mediaItem, *apiError) {
	rule, ok := mediaRules[kind]
	if !ok {
		return nil, &apiError{code: 40004, text: "invalid media type"}
	}
	file, head, err := r.FormFile("media")
	if err != nil {
		return nil, &apiError{code: 41005, text: "media data missing"}
	}
	defer file.Close()
	raw, err := io.ReadAll(io.LimitReader(file, int64(rule.bytes)+1))
	switch {
	case err != nil || len(raw) == 0:
		return nil, &apiError{code: 41005, text: "media data missing"}
	case len(raw) > rule.bytes:
		return nil, &apiError{code: 45001, text: "media size out of limit"}
	}
	mime := mimeOf(raw)
	if rule.kinds != nil && !slices.Contains(rule.kinds, mime) {
		return nil, &apiError{code: 40005, text: "invalid file type"}
	}
	return &mediaItem{kind: kind, mime: mime, name: head.Filename, bytes: raw}, nil
}

// readOwn is readUpload for the official account, which knows no files.
func readOwn(r *http.Request, kind string) (*mediaItem, *apiError) {
	if kind == "file" {
		return nil, &apiError{code: 40004, text: "invalid media type"}
	}
	return readUpload(r, kind)
}

// mediaUpload is POST media/upload?type=…: temporary for three days.
func (p *Platform) mediaUpload(r *http.Request) (map[string]any, *apiError) {
	kind := r.URL.Query().Get("type")
	item, fault := readOwn(r, kind)
	if fault != nil {
		return nil, fault
	}
	now := p.Now()
	item.until = now.Add(mediaLife)
	name := "media_id"
	if kind == "thumb" {
		name = "thumb_media_id"
	}
	return map[string]any{"type": kind, name: p.media.put(item), "created_at": now.Unix()}, nil
}

// mediaGet is GET media/get: the bytes, or for a video where they are.
func (p *Platform) mediaGet(w http.ResponseWriter, r *http.Request) *apiError {
	item, ok := p.media.get(r.URL.Query().Get("media_id"), p.Now())
	switch {
	case !ok || item.kind == "news":
		return errMediaID
	case item.kind == "video":
		answer(w, map[string]any{"video_url": "http://" + r.Host + "/sim/media/" + r.URL.Query().Get("media_id")})
		return nil
	}
	sendFile(w, item)
	return nil
}

func sendFile(w http.ResponseWriter, item *mediaItem) {
	w.Header().Set("Content-Type", item.mime)
	w.Header().Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", item.name))
	w.Write(item.bytes) // a peer that hung up is its own affair
}

// pictureUpload is POST media/uploadimg: a picture inside an article, by address.
func (p *Platform) pictureUpload(r *http.Request) (map[string]any, *apiError) {
	item, fault := readUpload(r, "image")
	switch {
	case fault != nil:
		return nil, fault
	case len(item.bytes) > maxInlinePicture:
		return nil, &apiError{code: 40009, text: "invalid image size"}
	case item.mime != "image/png" && item.mime != "image/jpeg":
		return nil, &apiError{code: 40005, text: "invalid file type"}
	}
	return map[string]any{"url": "http://" + r.Host + "/sim/media/" + p.media.put(item)}, nil
}

// materialAdd is POST material/add_material?type=…: permanent.
func (p *Platform) materialAdd(r *http.Request) (map[string]any, *apiError) {
	kind := r.URL.Query().Get("type")
	item, fault := readOwn(r, kind)
	if fault != nil {
		return nil, fault
	}
	if kind == "video" {
		var about struct {
			Title        string `json:"title"`
			Introduction string `json:"introduction"`
		}
		if err := decodeStrict(strings.NewReader(r.FormValue("description")), &about); err != nil || about.Title == "" {
			return nil, &apiError{code: codeBadJSON, text: "data format error: description"}
		}
		item.title, item.about = about.Title, about.Introduction
	}
	id := p.media.put(item)
	out := map[string]any{"media_id": id}
	if kind == "image" || kind == "thumb" {
		out["url"] = "http://" + r.Host + "/sim/media/" + id
	}
	return out, nil
}

type mediaOrder struct {
	MediaID string `json:"media_id"`
}

// materialGet is POST material/get_material: bytes, or a description of a video or draft.
func (p *Platform) materialGet(w http.ResponseWriter, r *http.Request) *apiError {
	var in mediaOrder
	if fault := decode(r, &in); fault != nil {
		return fault
	}
	item, ok := p.media.get(in.MediaID, p.Now())
	switch {
	case !ok || !item.until.IsZero():
		return errMediaID
	case item.kind == "video":
		answer(w, map[string]any{"title": item.title, "description": item.about, "down_url": "http://" + r.Host + "/sim/media/" + in.MediaID})
	case item.kind == "news":
		list := []map[string]string{}
		for _, a := range item.articles {
			list = append(list, map[string]string{"title": a.Title, "digest": a.Digest, "url": a.URL})
		}
		answer(w, map[string]any{"news_item": list})
	default:
		sendFile(w, item)
	}
	return nil
}

// materialDelete is POST material/del_material.
func (p *Platform) materialDelete(r *http.Request) (map[string]any, *apiError) {
	var in mediaOrder
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	if !p.media.drop(in.MediaID) {
		return nil, errMediaID
	}
	return nil, nil
}

// draftArticle is an article of draft/add and media/uploadnews.
type draftArticle struct {
	Type        string      `json:"article_type"`
	Title       string      `json:"title"`
	Author      string      `json:"author"`
	Digest      string      `json:"digest"`
	Content     string      `json:"content"`
	SourceURL   string      `json:"content_source_url"`
	Thumb       string      `json:"thumb_media_id"`
	ShowCover   json.Number `json:"show_cover_pic"`
	Comment     json.Number `json:"need_open_comment"`
	FansComment json.Number `json:"only_fans_can_comment"`
}

// draftAdd is POST draft/add and media/uploadnews: one to eight articles, each
// with a permanent cover picture.
func (p *Platform) draftAdd(r *http.Request) (map[string]any, *apiError) {
	var in struct {
		Articles []draftArticle `json:"articles"`
	}
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	if len(in.Articles) == 0 || len(in.Articles) > eventArticles {
		return nil, &apiError{code: 45008, text: "article size out of limit"}
	}
	item := &mediaItem{kind: "news"}
	if strings.HasSuffix(r.URL.Path, "/uploadnews") {
		item.until = p.Now().Add(mediaLife)
	}
	for _, a := range in.Articles {
		thumb, ok := p.media.get(a.Thumb, p.Now())
		switch {
		case !ok || thumb.kind != "thumb" && thumb.kind != "image":
			return nil, errMediaID
		case a.Title == "" || len([]rune(a.Title)) > 64:
			return nil, &apiError{code: 45003, text: "title size out of limit"}
		case a.Content == "":
			return nil, &apiError{code: 44004, text: "empty content"}
		}
		item.articles = append(item.articles, article{Title: a.Title, Digest: a.Digest, Picture: "/sim/media/" + a.Thumb,
			URL: "https://mp.weixin.qq.com/s/" + token(22)})
	}
	return map[string]any{"type": "news", "media_id": p.media.put(item), "created_at": p.Now().Unix()}, nil
}
