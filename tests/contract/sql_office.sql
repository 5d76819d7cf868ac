-- A small ERP of nobody's make, for the contract of the connector `sql`. {KEY} is each database's own serial
-- number, {LENGTH} its function for a text's length.

CREATE TABLE article (
  id {KEY},
  ref VARCHAR(40),
  code VARCHAR(40) NOT NULL UNIQUE,
  name VARCHAR(200) NOT NULL CHECK ({LENGTH}(name) <= 100),
  weight NUMERIC(12, 4),
  active INTEGER DEFAULT 1 NOT NULL,
  removed CHAR(1) DEFAULT 'N' NOT NULL,
  changed TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE TABLE price (
  article_id INTEGER NOT NULL REFERENCES article (id),
  list CHAR(10) NOT NULL,
  amount NUMERIC(12, 4) NOT NULL CHECK (amount < 1000000),
  PRIMARY KEY (article_id, list)
);

CREATE TABLE level (
  article_id INTEGER NOT NULL REFERENCES article (id),
  place VARCHAR(10) NOT NULL,
  quantity NUMERIC(12, 3) NOT NULL,
  PRIMARY KEY (article_id, place)
);

CREATE TABLE customer (
  id {KEY},
  ref VARCHAR(40),
  name VARCHAR(200) NOT NULL CHECK ({LENGTH}(name) <= 100),
  email VARCHAR(200),
  changed TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE TABLE sale (
  id {KEY},
  ref VARCHAR(40),
  number VARCHAR(40) NOT NULL,
  channel VARCHAR(40) NOT NULL,
  customer_id INTEGER REFERENCES customer (id),
  placed {TIME},
  currency CHAR(3) NOT NULL,
  gross NUMERIC(14, 2) NOT NULL CHECK (gross >= 0),
  status VARCHAR(20) NOT NULL,
  changed TIMESTAMP DEFAULT CURRENT_TIMESTAMP NOT NULL
);

CREATE TABLE sale_line (
  sale_id INTEGER NOT NULL REFERENCES sale (id),
  line INTEGER NOT NULL,
  code VARCHAR(40),
  name VARCHAR(200),
  quantity NUMERIC(12, 4) NOT NULL,
  unit_price NUMERIC(14, 4) NOT NULL,
  PRIMARY KEY (sale_id, line)
);
