-- A request for wrk: a comment that no other one is like, under one of 500 posts, by the same rules as texts.py.
-- KEY and WORDS come from the environment.

local N_POSTS = 500
local NAMES = {
  "Ada", "Benno", "Carla", "Dario", "Edith", "Femi", "Greta", "Hanno",
  "Ines", "Jonas", "Kaja", "Lev", "Mira", "Nils", "Olga", "Pavel",
}

local words, weights, total = {}, {}, 0
for word in io.lines(os.getenv("WORDS")) do
  words[#words + 1] = word
  total = total + 1 / #words
  weights[#words] = total
end

-- A table of equal steps through the weights, so that drawing a word takes no search.
local draw, at = {}, 1
for step = 1, 4096 do
  while weights[at] < (step - 0.5) / 4096 * total do at = at + 1 end
  draw[step] = words[at]
end

local n_threads = 0
function setup(thread)
  n_threads = n_threads + 1
  thread:set("id", n_threads)
end

-- With DIALECT=akismet, the same questions in Akismet's words.
local AKISMET = os.getenv("DIALECT") == "akismet"

local serial = 0
function init()
  math.randomseed(os.time() * 16 + id)
  wrk.method = "POST"
  wrk.headers["Content-Type"] = AKISMET and "application/x-www-form-urlencoded" or "application/json"
  wrk.headers["Authorization"] = "Bearer " .. os.getenv("KEY")
end

local started = os.time()
function request()
  serial = serial + 1
  local n_words = math.random(12, 90)
  local text = {}
  for n = 1, n_words do text[n] = draw[math.random(4096)] end
  local mark = string.format("%x-%d-%x", started, id, serial)
  local post = math.random(N_POSTS)
  local author = NAMES[math.random(#NAMES)] .. " " .. words[math.random(#words)]
  local url = math.random(10) <= 3 and "https://" .. words[math.random(#words)] .. ".example/" or nil
  local email, address = "reader" .. mark .. "@mail.example", "192.0.2." .. math.random(254)
  -- As a form has it, so that the generator does the same work for both dialects.
  local space = AKISMET and "+" or " "
  local body = table.concat(text, space) .. "." .. space .. mark
  if AKISMET then
    return wrk.format(nil, "/1.1/comment-check", nil,
      "blog=http%3A%2F%2Fblog.example%2F&comment_type=comment&comment_post_ID=p" .. post ..
      "&user_ip=" .. address .. "&comment_author=" .. author:gsub(" ", "+") ..
      "&comment_author_email=" .. email .. "&comment_author_url=" .. (url or "") ..
      "&comment_content=" .. body .. "&api_key=" .. os.getenv("KEY"))
  end
  return wrk.format(nil, "/v1/check", nil,
    '{"post":{"id":"p' .. post .. '"},"comment":{"author":"' .. author ..
    '","author_url":' .. (url and '"' .. url .. '"' or "null") ..
    ',"author_email":"' .. email .. '","address":"' .. address .. '","body":"' .. body .. '"}}')
end

-- With RATE, so many requests a second whatever is answered: each has its moment, and what is late is sent at once.
local rate = tonumber(os.getenv("RATE") or "")
if rate then
  local ffi = require("ffi")
  ffi.cdef("typedef struct { long s; long ns; } moment; int clock_gettime(int, moment *);")
  local moment, due = ffi.new("moment"), nil
  local function now()
    ffi.C.clock_gettime(1, moment)
    return tonumber(moment.s) * 1000 + tonumber(moment.ns) / 1e6
  end
  function delay()
    due = (due or now()) + 1000 / rate
    return math.max(0, math.floor(due - now()))
  end
end

-- Anything but a verdict makes the figure worthless: says what it was.
local refused = 0
function response(status, headers, body)
  if status ~= 200 then
    refused = refused + 1
    if refused == 1 then io.stderr:write("status " .. status .. ": " .. body .. "\n") end
  end
end
