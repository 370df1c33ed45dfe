package sim

import "net/http"

// articleContent is a draft as chat messages, up to limit articles; the caller holds the lock.
func (p *Platform) articleContent(mediaID string, limit int) ([]Message, *apiError) {
	item, ok := p.media.get(mediaID, p.now())
	switch {
	case !ok || item.kind != "news":
		return nil, errMediaID
	case len(item.articles) > limit:
		return nil, &apiError{code: 45008, text: "article size out of limit"}
	}
	var out []Message
	for _, a := range item.articles {
		out = append(out, Message{Kind: "news", Title: a.Title, Description: a.Digest, URL: a.URL, Picture: a.Picture})
	}
	return out, nil
}

// publishedContent is a published article; the caller holds the lock.
func (p *Platform) publishedContent(id string) ([]Message, *apiError) {
	list, fault := p.articleContent(id, 1)
	if fault == errMediaID {
		return nil, &apiError{code: 53600, text: "article id is invalid"}
	}
	return list, fault
}

// publish is POST freepublish/submit; the report names the article.
func (p *Platform) publish(r *http.Request) (map[string]any, *apiError) {
	var in mediaOrder
	if fault := decode(r, &in); fault != nil {
		return nil, fault
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	item, ok := p.media.get(in.MediaID, p.now())
	if !ok || item.kind != "news" {
		return nil, errMediaID
	}
	id := p.nextMsgID()
	detail := []part{num("count", int64(len(item.articles)))}
	for i, a := range item.articles {
		detail = append(detail, many("item", num("idx", int64(i+1)), txt("article_url", a.URL)))
	}
	p.later(publishReport, report{Event: "PUBLISHJOBFINISH", Parts: []part{group("PublishEventInfo",
		digits("publish_id", id), num("publish_status", 0), txt("article_id", p.media.put(item)), group("article_detail", detail...))}})
	return map[string]any{"publish_id": id, "msg_data_id": asNumber(id)}, nil
}
