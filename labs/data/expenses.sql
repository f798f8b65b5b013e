-- Expense tracking: users, categories, what they spend and what they earn. Every value follows from its row's number,
-- so that every lab has the same rows: 60 users, 14 categories, 1,440 incomes, 9,720 expenses, over 2024 and 2025.

CREATE TABLE users (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  email text NOT NULL UNIQUE,
  currency char(3) NOT NULL DEFAULT 'EUR',
  created_at timestamptz NOT NULL
);

CREATE TABLE categories (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL UNIQUE,
  monthly_budget numeric(10, 2) NOT NULL CHECK (monthly_budget > 0)
);

CREATE TABLE income (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users,
  source text NOT NULL,
  amount numeric(10, 2) NOT NULL CHECK (amount > 0),
  received_on date NOT NULL
);

CREATE TABLE expenses (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  user_id integer NOT NULL REFERENCES users,
  category_id integer NOT NULL REFERENCES categories,
  amount numeric(10, 2) NOT NULL CHECK (amount > 0),
  spent_on date NOT NULL,
  note text NOT NULL
);
CREATE INDEX ON income (user_id, received_on);
CREATE INDEX ON expenses (user_id, spent_on);
CREATE INDEX ON expenses (category_id);

INSERT INTO users (name, email, currency, created_at)
SELECT first || ' ' || last,
       lower(first || '.' || last) || '@example.org',
       CASE WHEN n % 9 = 4 THEN 'CHF' WHEN n % 13 = 6 THEN 'GBP' ELSE 'EUR' END,
       timestamptz '2023-11-02 08:15:00+00' + n * interval '21 hours 17 minutes'
FROM generate_series(0, 59) AS n,
     LATERAL (SELECT (ARRAY['Ada', 'Amir', 'Bente', 'Carlos', 'Chiara', 'Daniel', 'Elif', 'Femi', 'Hanna', 'Ines',
                            'Jonas', 'Kaori', 'Lena', 'Mateo', 'Nadia'])[n % 15 + 1],
                     (ARRAY['Bauer', 'Costa', 'Duarte', 'Eriksen', 'Fischer', 'Garcia', 'Haas', 'Ito', 'Jensen', 'Kaya',
                            'Lindholm', 'Moreau', 'Novak', 'Okafor', 'Petrov', 'Rossi', 'Silva'])[(n * 5 + n / 15) % 17 + 1])
       AS person (first, last)
ORDER BY n;

INSERT INTO categories (name, monthly_budget) VALUES
  ('rent', 950), ('groceries', 420), ('eating out', 180), ('public transport', 90), ('car', 160), ('electricity', 75),
  ('phone and internet', 55), ('insurance', 130), ('health', 60), ('clothes', 80), ('books', 35), ('sports', 45),
  ('travel', 250), ('gifts', 40);

-- a salary on the last Friday of every month; some earn a little besides
INSERT INTO income (user_id, source, amount, received_on)
SELECT u, CASE WHEN (u + month) % 17 = 0 THEN 'bonus' WHEN u % 11 = 3 THEN 'freelance' ELSE 'salary' END,
       1850 + (u * 137 + month * 11) % 2300 + ((u * 31 + month * 7) % 100) / 100.0,
       last_day - (extract(isodow FROM last_day)::int + 2) % 7
FROM generate_series(1, 60) AS u, generate_series(0, 23) AS month,
     LATERAL (SELECT (date '2024-02-01' + month * interval '1 month' - interval '1 day')::date) AS of_month (last_day)
ORDER BY month, u;

-- rent on the first; the rest spread over the month, the more often bought ones more often
INSERT INTO expenses (user_id, category_id, amount, spent_on, note)
SELECT u, category,
       CASE WHEN category = 1 THEN 700 + u * 13 % 550
            ELSE round((SELECT monthly_budget FROM categories WHERE id = category) * (8 + (n * 7919 + u * 104729) % 61) / 100, 2)
       END,
       CASE WHEN category = 1 THEN date_trunc('month', day)::date ELSE day END,
       (SELECT notes[1 + n % array_length(notes, 1)] FROM (VALUES (CASE category
         WHEN 1 THEN ARRAY['rent'] WHEN 2 THEN ARRAY['weekly shop', 'market', 'bakery', 'milk and eggs']
         WHEN 3 THEN ARRAY['lunch', 'pizza', 'coffee', 'dinner with friends'] WHEN 4 THEN ARRAY['monthly pass', 'night bus']
         WHEN 5 THEN ARRAY['fuel', 'parking', 'tyres'] WHEN 6 THEN ARRAY['power bill'] WHEN 7 THEN ARRAY['phone', 'broadband']
         WHEN 8 THEN ARRAY['household', 'liability'] WHEN 9 THEN ARRAY['pharmacy', 'dentist'] WHEN 10 THEN ARRAY['shoes', 'coat']
         WHEN 11 THEN ARRAY['novel', 'textbook'] WHEN 12 THEN ARRAY['climbing hall', 'swimming'] WHEN 13 THEN ARRAY['train', 'hotel']
         ELSE ARRAY['birthday', 'flowers'] END)) AS of_category (notes))
FROM generate_series(1, 60) AS u, generate_series(0, 161) AS n,
     LATERAL (SELECT CASE WHEN n % 7 = 0 AND n / 7 < 24 THEN 1
                          ELSE (ARRAY[2, 3, 2, 4, 2, 3, 5, 6, 7, 2, 8, 9, 3, 10, 11, 2, 12, 13, 14])[(n * 11 + u) % 19 + 1] END,
                     date '2024-01-01' + CASE WHEN n % 7 = 0 AND n / 7 < 24 THEN (n / 7 * 30.4375 + 3)::int ELSE (n * 4.5 + u % 5)::int END)
       AS bought (category, day)
ORDER BY day, u, n;

ANALYZE users, categories, income, expenses;
